import AloftCore
import AloftRedis
import RedisClient
import Testing

@Suite struct CommitTests {
    @Test func aTransitionAppendsAndEndsItsTask() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let task = try await worker.begin("order-1", outputs: [.activity(1)])
            let state = try #require(try await bench.store.state(of: "order-1"))
            #expect(state.historyLength == 2 && state.owner == worker.id)
            let history = try await bench.store.history(of: "order-1", after: 0, limit: 10)
            #expect(history.map(\.body) == task.inputs.map(\.body) + [.activity(1)])
            #expect(try await bench.pending(task.receipt.place) == 0)
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:w:default") == 0)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:in:order-1") == 0)
            #expect(try await worker.tasks().isEmpty)
        }
    }

    @Test func inputsThatCameMeanwhileStayWithTheTask() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()
            for number in 0..<150 {
                try await bench.store.deliver(.signal("\(number)"), to: "order-1", execution: nil, id: nil)
            }
            let first = try await worker.commit(worker.transition(of: task))
            #expect(first.map(\.body) == (0..<100).map { .signal("\($0)") })
            #expect(try await bench.pending(task.receipt.place) == 1)
            let second = try await worker.commit(worker.transition(of: task, after: 1, inputs: first))
            #expect(second.map(\.body) == (100..<150).map { .signal("\($0)") })
            #expect(try await worker.commit(worker.transition(of: task, after: 101, inputs: second)).isEmpty)
            #expect(try await bench.pending(task.receipt.place) == 0)
        }
    }

    @Test func largeInputsComeInSmallPortions() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()
            let large = String(repeating: "x", count: 300_000)
            for _ in 0..<3 { try await bench.store.deliver(.signal(large), to: "order-1", execution: nil, id: nil) }
            #expect(try await worker.commit(worker.transition(of: task)).count == 1)
        }
    }

    @Test func aResidentExecutionGetsItsTasksOnItsOwnersStream() async throws {
        try await withBench { bench in
            let owner = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            let first = try await owner.begin("order-1")
            try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: nil)
            #expect(try await other.tasks().isEmpty)
            let task = try await owner.task()
            #expect(task.receipt.place != first.receipt.place)
            #expect(task.inputs.map(\.body) == [.signal("x")])
            let ended = owner.transition(of: task, after: 1, outputs: [.done])
            #expect(try await owner.commit(ended).isEmpty)
            #expect(try await bench.integer("XLEN", RedisArgument(task.receipt.place)) == 0)
            #expect(try await bench.integer("EXISTS", RedisArgument("{aloft:0}:res:\(owner.id)")) == 0)
        }
    }

    @Test func theFenceRefusesStaleLengthsExecutionsAndTasks() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()

            var stale = worker.transition(of: task)
            stale.expectedLength = 1
            #expect(try await bench.store.commit(stale) == .conflict)
            var foreign = worker.transition(of: task)
            foreign.execution = "another"
            #expect(try await bench.store.commit(foreign) == .conflict)
            var greedy = worker.transition(of: task)
            greedy.consumedInputs = 2
            #expect(try await bench.store.commit(greedy) == .conflict)
            var settling = worker.transition(of: task)
            settling.settled = [.init(command: CommandID(1), lease: ActivityLease(), receipt: nil)]
            #expect(try await bench.store.commit(settling) == .conflict)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:h:order-1") == 0)

            try await bench.store.postpone(task, by: worker.id, delay: .zero, problem: nil)
            let again = try await other.task()
            #expect(try await bench.store.commit(worker.transition(of: task)) == .conflict)
            #expect(try await other.commit(other.transition(of: again, inputs: task.inputs)).isEmpty)
            #expect(try await bench.store.state(of: "order-1")?.historyLength == 1)
            #expect(try await bench.store.commit(worker.transition(of: task)) == .conflict)
        }
    }

    @Test func aDeadWorkerCommitsNothing() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()
            try await bench.silence(worker.id)
            #expect(try await bench.store.tick(by: other.id).deadWorkers == [worker.id])
            #expect(try await bench.store.commit(worker.transition(of: task)) == .conflict)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:h:order-1") == 0)
        }
    }

    @Test func aRepeatedCommitIsRecognised() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()
            try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: nil)
            let first = worker.transition(of: task, outputs: [.activity(1)])
            let inputs = try await worker.commit(first)
            #expect(inputs.map(\.body) == [.signal("x")])
            #expect(try await worker.commit(first) == inputs)
            let last = worker.transition(of: task, after: 2, inputs: inputs, outputs: [.done])
            #expect(try await worker.commit(last).isEmpty)
            #expect(try await worker.commit(last).isEmpty)
            #expect(try await bench.store.state(of: "order-1")?.historyLength == 4)
            #expect(try await bench.store.commit(first) == .conflict)
        }
    }

    @Test func anEndLeavesNothingButStateAndHistory() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            let far = bench.store.now + .seconds(3600)
            let task = try await worker.begin(
                "order-1",
                outputs: [.activity(1), .activity(2), .activity(3), .timer(4, due: far)]
            )
            // One is held, one waits for its next try, one is queued; the instance has a postponed task.
            _ = try await other.activity()
            let failing = try await other.activity()
            _ = try await bench.store.finish(failing, by: other.id, outcome: .retry(after: .seconds(60), .sample))
            try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: "x")
            let second = try await worker.task()
            try await bench.store.postpone(second, by: worker.id, delay: .seconds(60), problem: "later")
            #expect(try await bench.integer("ZCARD", "{aloft:0}:due") == 3)

            let end = worker.transition(of: task, after: 5, inputs: [], outputs: [.done], usesReceipt: false)
            #expect(try await worker.commit(end).isEmpty)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:due") == 0)
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:a:default") == 0)
            #expect(try await bench.pending("{aloft:0}:q:a:default") == 0)
            for kind in ["a", "in"] { #expect(try await bench.integer("EXISTS", "{aloft:0}:\(kind):order-1") == 0) }
            for kind in ["i", "h", "d"] {
                let left = try await bench.integer("PTTL", "{aloft:0}:\(kind):order-1")
                #expect(left > 172_000_000 && left <= 172_800_000)
            }
            let state = try #require(try await bench.store.state(of: "order-1"))
            #expect(state.status == .completed && state.owner == nil && state.problem == nil)
            #expect(state.finishedAt != nil)
        }
    }

    @Test func historiesHaveALimitButMayEnd() async throws {
        try await withBench(.with { $0.maximumHistoryLength = 3 }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let task = try await worker.begin("order-1", outputs: [.sideEffectRecorded(CommandID(1), .none)])
            let more: [EventBody] = [
                .sideEffectRecorded(CommandID(2), .none), .sideEffectRecorded(CommandID(3), .none),
            ]
            let error = await expectStoreError(.historyTooLong) {
                _ = try await bench.store.commit(
                    worker.transition(of: task, after: 2, inputs: [], outputs: more, usesReceipt: false)
                )
            }
            #expect(error?.message.contains("4 events, at most 3") == true)
            _ = try await worker.commit(
                worker.transition(of: task, after: 2, inputs: [], outputs: more + [.done], usesReceipt: false)
            )
        }
    }

    @Test func thousandsOfEffectsFitIntoOneTransition() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let due = bench.store.now
            let outputs =
                (1...3_000).map { EventBody.activity($0) } + (3_001...6_000).map { EventBody.timer($0, due: due) }
            let task = try await worker.begin("wide", outputs: outputs)
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:a:default") == 3_000)
            #expect(try await bench.integer("ZCARD", "{aloft:0}:due") == 3_000)
            #expect(try await bench.integer("HLEN", "{aloft:0}:a:wide") == 6_000)
            let cancel = (3_001...6_000).map { EventBody.timerCancelled(CommandID($0)) }
            let next = worker.transition(of: task, after: 6_001, inputs: [], outputs: cancel, usesReceipt: false)
            #expect(try await worker.commit(next).isEmpty)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:due") == 0)
            #expect(try await bench.integer("HLEN", "{aloft:0}:a:wide") == 3_000)
        }
    }
}

extension Failure {
    static var sample: Failure { Failure(type: "Sample", message: "it failed") }
}
