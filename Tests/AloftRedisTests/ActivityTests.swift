import AloftCore
import AloftRedis
import RedisClient
import Testing

@Suite struct ActivityTests {
    @Test func aQueuedActivityGoesToAWorkerAndItsOutcomeToTheInstance() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store, activities: ["other"])
            let other = try await HandWorker.register(on: bench.store, workflows: [], activities: ["other"])
            _ = try await worker.begin("order-1", outputs: [.activity(1, queue: "other")])
            let task = try await other.activity()
            #expect(task.instance == "order-1" && task.queue == "other" && task.lease == ActivityLease())
            #expect(EventBody.activityScheduled(task.scheduled) == .activity(1, queue: "other"))
            #expect(try await bench.pending("{aloft:0}:q:a:other") == 1)
            #expect(try await bench.store.finish(task, by: other.id, outcome: .completed(payload("ok"))))
            #expect(try await bench.pending("{aloft:0}:q:a:other") == 0)
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:a:other") == 0)
            let next = try await worker.task()
            #expect(next.inputs.map(\.body) == [.activityCompleted(CommandID(1), payload("ok"))])
        }
    }

    @Test func anOutcomeCountsOnce() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await worker.begin("order-1", outputs: [.activity(1)])
            let task = try await worker.activity()
            #expect(try await bench.store.finish(task, by: worker.id, outcome: .failed(.sample)))
            #expect(try await bench.store.finish(task, by: worker.id, outcome: .completed(.none)) == false)
            let next = try await worker.task()
            #expect(try await bench.store.load(next)?.inbox.map(\.body) == [.activityFailed(CommandID(1), .sample)])
        }
    }

    @Test func outcomesForOthersAndForTheGoneAreRefused() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            let first = try await worker.begin("order-1", outputs: [.activity(1), .activity(2)])
            let task = try await worker.activity()
            var wrongTry = task
            wrongTry.lease.attempt = 2
            wrongTry.receipt = TaskReceipt(place: "{aloft:0}:q:a:default", entry: "1-1")
            #expect(try await bench.store.finish(wrongTry, by: other.id, outcome: .completed(.none)) == false)
            #expect(try await bench.store.finish(eagerTask(first), by: worker.id, outcome: .completed(.none)) == false)
            var wrongExecution = task
            wrongExecution.execution = "another"
            wrongExecution.receipt = nil
            #expect(try await bench.store.finish(wrongExecution, by: worker.id, outcome: .completed(.none)) == false)
            let second = try await other.activity()
            let end = worker.transition(of: first, after: 3, inputs: [], outputs: [.done], usesReceipt: false)
            _ = try await worker.commit(end)
            #expect(try await bench.store.finish(second, by: other.id, outcome: .completed(.none)) == false)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:in:order-1") == 0)
            try await bench.run("DEL", "{aloft:0}:i:order-1")
            #expect(try await bench.store.finish(task, by: worker.id, outcome: .retry(after: .zero, .sample)) == false)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:a:order-1") == 0)
        }
    }

    @Test func anEagerActivityIsSettledWithTheTransitionThatFollows() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            let task = try await worker.begin("order-1", outputs: [.activity(1)], eager: true)
            #expect(try await worker.activities().isEmpty)
            var next = worker.transition(
                of: task,
                after: 2,
                inputs: [],
                outputs: [.activityCompleted(CommandID(1), payload("ok")), .done],
                usesReceipt: false
            )
            next.settled = [.init(command: CommandID(1), lease: ActivityLease(), receipt: nil)]
            var stolen = next
            stolen.worker = other.id
            stolen.id = "stolen"
            #expect(try await bench.store.commit(stolen) == .conflict)
            var wrongTry = next
            wrongTry.id = "wrong"
            wrongTry.settled[0].lease.delivery = 2
            #expect(try await bench.store.commit(wrongTry) == .conflict)
            #expect(try await worker.commit(next).isEmpty)
            #expect(try await bench.store.state(of: "order-1")?.status == .completed)
        }
    }

    @Test func aQueuedActivityIsSettledWithATransition() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let task = try await worker.begin("order-1", outputs: [.activity(1), .activity(2)])
            let activities = try await worker.activities()
            #expect(activities.count == 2)
            var next = worker.transition(
                of: task,
                after: 3,
                inputs: [],
                outputs: activities.map { .activityCompleted($0.scheduled.command, .none) },
                usesReceipt: false
            )
            next.settled = activities.map {
                .init(command: $0.scheduled.command, lease: $0.lease, receipt: $0.receipt)
            }
            #expect(try await worker.commit(next).isEmpty)
            #expect(try await bench.pending("{aloft:0}:q:a:default") == 0)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:a:order-1") == 0)
            #expect(try await bench.store.finish(activities[0], by: worker.id, outcome: .completed(.none)) == false)
        }
    }

    /// The answer to a commit was lost, and another worker moves the instance before it is sent again: the worker that leased the
    /// activity with it does not know.
    @Test func whatARefusedRepetitionHadLeasedIsQueued() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            var first = worker.transition(of: try await worker.task(), outputs: [.activity(1), .activity(2)])
            first.isResident = false
            first.activities[0].isEager = true
            #expect(try await worker.commit(first).isEmpty)
            let other = try await HandWorker.register(on: bench.store)
            try await bench.store.deliver(.signal("go"), to: "order-1", execution: nil, id: nil)
            var second = other.transition(of: try await other.task(), after: 3)
            second.isResident = false
            #expect(try await other.commit(second).isEmpty)
            #expect(try await other.activity().scheduled.command == CommandID(2))
            #expect(try await bench.store.commit(first) == .conflict)
            let activity = try await other.activity()
            #expect(activity.scheduled.command == CommandID(1) && activity.lease.delivery == 1)
            #expect(try await bench.store.finish(activity, by: other.id, outcome: .completed(payload("worked"))))
            #expect(try await bench.store.commit(first) == .conflict)
            #expect(try await other.activities(limit: 10).isEmpty, "once")
            #expect(try await bench.store.complaints() == [])
        }
    }

    @Test func retriesWaitInTheStore() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let task = try await worker.begin("order-1", outputs: [.activity(1)], eager: true)
            let retried = try await bench.store.finish(
                eagerTask(task),
                by: worker.id,
                outcome: .retry(after: .milliseconds(20), .sample)
            )
            #expect(retried)
            #expect(try await bench.integer("ZCARD", "{aloft:0}:due") == 1)
            var report = try await bench.store.tick(by: worker.id)
            if report.fired == 0 { #expect(try #require(report.nextDue) > report.now) }
            try await eventually("the retry is due") {
                report = try await bench.store.tick(by: worker.id)
                return try await bench.integer("XLEN", "{aloft:0}:q:a:default") == 1
            }
            let second = try await worker.activity()
            #expect(second.lease == ActivityLease(attempt: 2, delivery: 1))
            #expect(second.scheduled == eagerTask(task).scheduled)
            _ = try await bench.store.finish(second, by: worker.id, outcome: .retry(after: .zero, .sample))
            let third = try await worker.activity()
            #expect(third.lease.attempt == 3)
            #expect(try await bench.store.finish(third, by: worker.id, outcome: .completed(.none)))
            #expect(try await bench.integer("EXISTS", "{aloft:0}:due", "{aloft:0}:a:order-1") == 0)
        }
    }

    @Test func handingBackCountsAsNoAttempt() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            _ = try await worker.begin("order-1", outputs: [.activity(1)])
            let first = try await worker.activity()
            try await bench.store.handBack(first, by: worker.id, delay: .zero)
            let second = try await other.activity()
            #expect(second.lease == first.lease && second.receipt != first.receipt)
            // The old receipt stands for nothing any more, although the try is the same.
            #expect(try await bench.store.finish(first, by: worker.id, outcome: .completed(.none)) == false)
            try await bench.store.handBack(second, by: other.id, delay: .milliseconds(5))
            try await eventually("it comes back") { try await bench.store.tick(by: other.id).fired == 1 }
            let third = try await other.activity()
            #expect(third.lease == first.lease)
            #expect(try await bench.store.finish(third, by: other.id, outcome: .completed(.none)))
        }
    }

    @Test func unreadableActivitiesAreLeftToOthers() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await worker.begin("order-1", outputs: [.activity(1)])
            let entry = try await bench.run("XRANGE", "{aloft:0}:q:a:default", "-", "+").array[0].array
            let blob: [UInt8] = [200, 64, 1]
            let id = try entry[0].string
            // The same entry with a blob of a format to come.
            try await bench.run("XDEL", "{aloft:0}:q:a:default", RedisArgument(id))
            let execution = try #require(try await bench.store.state(of: "order-1")).execution.rawValue
            let new = try await bench.run(
                "XADD",
                "{aloft:0}:q:a:default",
                "*",
                "i",
                "order-1",
                "x",
                RedisArgument(execution),
                "c",
                "1",
                "a",
                "1",
                "n",
                "1",
                "b",
                RedisArgument(blob)
            ).string
            let value = Array("1:1:q:default\0\(new)\0".utf8) + blob
            try await bench.run("HSET", "{aloft:0}:a:order-1", "1", RedisArgument(value))
            #expect(try await worker.activities().isEmpty)
            #expect(try await bench.pending("{aloft:0}:q:a:default") == 0)
            #expect(try await bench.integer("ZCARD", "{aloft:0}:due") == 1)
        }
    }
}
