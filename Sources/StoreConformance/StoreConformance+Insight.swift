internal import AloftCore
internal import Testing

// What operators see of queues and activities.
extension StoreConformance {
    static let insight: [Check] = [
        Check("a queue is seen with what waits in it, since when, and who serves it") { bench in
            #expect(try await bench.store.queueStates().isEmpty)
            let worker = try await bench.worker(workflows: ["b"], activities: ["b", "a"])
            let other = try await bench.worker(workflows: ["b"], activities: [])
            var states = try await bench.store.queueStates()
            #expect(
                states.map(\.uncounted) == [QueueState(queue: "a", workers: 1), QueueState(queue: "b", workers: 2)]
            )
            let first = try await bench.start(on: "b")
            try await bench.pass(bench.step)
            try await bench.start(on: "b")
            try await bench.start(on: "unserved")
            states = try await bench.store.queueStates()
            #expect(states.map(\.queue) == ["a", "b", "unserved"])
            #expect(states.map(\.workflowTasks) == [0, 2, 1])
            #expect(states.map(\.workers) == [1, 2, 0])
            let oldest = try #require(states[1].oldestWorkflowTask)
            let createdAt = try await bench.state(of: first.instance).createdAt
            #expect(oldest >= createdAt && oldest <= createdAt + .milliseconds(5))
            let held = try await bench.take(by: worker)
            states = try await bench.store.queueStates()
            #expect(states[1].workflowTasks == 1, "a task in hand waits no more")
            #expect(try #require(states[1].oldestWorkflowTask) >= createdAt + bench.step)
            try await bench.commit(held.transition().scheduling(1).scheduling(2, on: "c").scheduling(3, eager: true))
            states = try await bench.store.queueStates()
            #expect(states.map(\.queue) == ["a", "b", "c", "unserved"])
            #expect(states.map(\.activityTasks) == [0, 1, 1, 0])
            #expect(states[1].oldestActivityTask != nil)
            #expect(states[0].oldestActivityTask == nil)
            _ = try await bench.takeActivity(by: worker)
            #expect(try await bench.store.queueStates()[1].activityTasks == 0)
            try await bench.leave(other)
            #expect(try await bench.store.queueStates()[1].workers == 1)
        },
        Check("tasks that come later are not in a queue yet") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            let retry = ActivityOutcome.retry(after: .seconds(3600), Failure(type: "F", message: "f"))
            #expect(try await bench.store.finish(running.eager(1), by: worker.worker, outcome: retry))
            try await bench.start { $0.moment = .after(.seconds(3600)) }
            try await bench.start()
            let task = try await bench.takeTask(by: worker)
            try await bench.store.postpone(task, by: worker.worker, delay: .seconds(3600), problem: nil)
            #expect(try await bench.store.queueStates().map(\.uncounted) == [QueueState(queue: .default, workers: 1)])
        },
        Check("a queue that nobody serves and in which nothing waits is not told of") { bench in
            let worker = try await bench.worker(workflows: ["passing"], activities: ["passing"])
            try await bench.start(on: "passing")
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            try await bench.leave(worker)
            #expect(try await bench.store.queueStates().isEmpty)
        },
        Check("a worker that died serves no queue", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"], activities: [])
            let victim = try await bench.worker()
            try await bench.kill(victim, witness: witness)
            #expect(try await bench.store.queueStates().map(\.uncounted) == [QueueState(queue: "other", workers: 1)])
        },
        Check("activities without an outcome are seen with where they are, in order of their commands") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) {
                $0.scheduling(12, on: "special").scheduling(3, eager: true).scheduling(4, eager: true)
                    .scheduling(5, eager: true)
            }
            let failure = Failure(type: "Declined", message: "no", causes: [.init(type: "C", message: "c")])
            let before = bench.store.now
            let retry = ActivityOutcome.retry(after: .seconds(60), failure)
            #expect(try await bench.store.finish(running.eager(4), by: worker.worker, outcome: retry))
            #expect(try await bench.store.finish(running.eager(5), by: worker.worker, outcome: .completed(.none)))
            let pending = try await bench.store.pendingActivities(of: running.instance)
            #expect(pending.map(\.command) == [3, 4, 12].map(CommandID.init))
            #expect(pending.map(\.name) == ["activity 3", "activity 4", "activity 12"])
            #expect(pending.map(\.queue) == [.default, .default, "special"])
            #expect(pending.map(\.attempt) == [1, 2, 1])
            #expect(pending.map(\.lastFailure) == [nil, failure, nil])
            #expect(pending[0].position == .running(worker.worker))
            #expect(pending[2].position == .queued)
            guard case .retrying(let moment) = pending[1].position else { throw Disappointment("\(pending[1])") }
            #expect(moment >= before + .seconds(60) && moment <= bench.store.now + .seconds(61))
            if bench.subject.isVirtual { #expect(moment == before + .seconds(60)) }
        },
        Check("many pending activities come in pages, with how many there are") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { transition in
                (1...25).reduce(transition) { $0.scheduling($1) }.scheduling(100, eager: true)
            }
            var seen: [CommandID] = []
            var cursor: CommandID?
            var sizes: [Int] = []
            repeat {
                let page = try await bench.store.pendingActivities(of: running.instance, after: cursor, limit: 10)
                #expect(page.total == 26)
                seen += page.activities.map(\.command)
                sizes.append(page.activities.count)
                cursor = page.next
            } while cursor != nil
            #expect(seen == (Array(1...25) + [100]).map(CommandID.init))
            #expect(sizes == [10, 10, 6])
            let rest = try await bench.store.pendingActivities(of: running.instance, after: CommandID(24), limit: 2)
            #expect(
                rest.activities.map(\.command) == [25, 100].map(CommandID.init) && rest.next == nil && rest.total == 26
            )
            #expect(try await bench.store.pendingActivities(of: running.instance).map(\.command) == seen)
        },
        Check("the failure of the attempt before is seen until there is an outcome") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1) }
            func pending() async throws -> PendingActivity {
                let all = try await bench.store.pendingActivities(of: running.instance)
                guard all.count == 1 else { throw Disappointment("\(all)") }
                return all[0]
            }
            #expect(try await pending().position == .queued)
            for attempt in 1...3 {
                let task = try await bench.takeActivity(by: worker)
                #expect(try await pending().attempt == attempt)
                let failure = Failure(type: "F", message: "attempt \(attempt)")
                let retry = ActivityOutcome.retry(after: attempt == 2 ? bench.step : .zero, failure)
                #expect(try await bench.store.finish(task, by: worker.worker, outcome: retry))
                #expect(try await pending().lastFailure == failure)
                #expect(try await pending().attempt == attempt + 1)
                if attempt == 2 {
                    try await bench.pass(bench.step)
                    #expect(try await bench.tickAll(by: worker) == 1)
                    #expect(try await pending().lastFailure == failure)
                }
                #expect(try await pending().position == .queued)
            }
            let task = try await bench.takeActivity(by: worker)
            #expect(try await bench.store.finish(task, by: worker.worker, outcome: .completed(.none)))
            #expect(try await bench.store.pendingActivities(of: running.instance).isEmpty)
        },
        Check("a huge failure before a retry does no harm") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            let huge = Failure(
                type: "Huge",
                message: String(repeating: "m", count: 100_000),
                details: .bytes(500_000),
                causes: (0..<1000).map { .init(type: "cause \($0)", message: "because") }
            )
            let retry = ActivityOutcome.retry(after: .zero, huge)
            #expect(try await bench.store.finish(running.eager(1), by: worker.worker, outcome: retry))
            let pending = try #require(try await bench.store.pendingActivities(of: running.instance).first)
            #expect(pending.lastFailure?.type == "Huge")
            #expect(try await bench.takeActivity(by: worker).lease.attempt == 2)
        },
        Check("what is pending of an instance that has ended, or is unknown") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true).scheduling(2) }
            try await bench.store.terminate(running.instance, execution: nil, reason: "enough")
            #expect(try await bench.store.pendingActivities(of: running.instance).isEmpty)
            await bench.expect(.instanceNotFound) { try await bench.store.pendingActivities(of: "nobody") }
            await bench.expect(.invalidIdentifier) { try await bench.store.pendingActivities(of: "") }
        },
    ]
}

extension QueueState {
    /// Without what not every store counts.
    fileprivate var uncounted: QueueState {
        var state = self
        state.addedTasks = nil
        return state
    }
}
