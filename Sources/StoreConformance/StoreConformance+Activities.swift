internal import AloftCore
internal import Testing

extension StoreConformance {
    static let activities: [Check] = [
        Check("an activity is queued on its instance's queue or on the one it names") { bench in
            let owner = try await bench.worker(workflows: ["orders"], activities: ["orders"])
            let special = try await bench.worker(workflows: [], activities: ["special"])
            let running = try await bench.begin(on: "orders", by: owner) {
                $0.scheduling(1).scheduling(2, on: "special")
            }
            let first = try await bench.takeActivity(by: owner)
            #expect(first.instance == running.instance)
            #expect(first.execution == running.execution)
            #expect(first.scheduled == .numbered(1))
            #expect(first.queue == "orders")
            #expect(first.lease == ActivityLease(attempt: 1, delivery: 1))
            let second = try await bench.takeActivity(by: special)
            #expect(second.scheduled == .numbered(2, on: "special"))
            #expect(second.queue == "special")
        },
        Check("scheduling an activity wakes a worker that waits") { bench in
            let owner = try await bench.worker(activities: [])
            let worker = try await bench.worker(workflows: [])
            async let task = bench.takeActivity(by: worker)
            let running = try await bench.begin(by: owner) { $0.scheduling(1) }
            #expect(try await task.instance == running.instance)
        },
        Check("an eager activity is leased to the worker that commits it and is on no queue") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true).scheduling(2) }
            #expect(try await bench.everyActivity(for: worker).map(\.scheduled) == [.numbered(2)])
            let isWanted = try await bench.store.finish(
                running.eager(1),
                by: worker.worker,
                outcome: .completed(.text("result"))
            )
            #expect(isWanted)
            #expect(try await bench.take(by: worker).bodies == [.activityCompleted(CommandID(1), .text("result"))])
        },
        Check("outcomes of activities become inputs, with everything they hold") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1).scheduling(2) }
            let failure = Failure(
                kind: .timeout,
                type: "TimeoutError",
                message: "too slow",
                details: .text("details"),
                isPermanent: true,
                causes: [.init(type: "Cause", message: "because")],
                backtrace: "at main"
            )
            let first = try await bench.takeActivity(by: worker)
            let second = try await bench.takeActivity(by: worker)
            #expect(try await bench.store.finish(first, by: worker.worker, outcome: .completed(.bytes(5))))
            #expect(try await bench.store.finish(second, by: worker.worker, outcome: .failed(failure)))
            let held = try await bench.take(by: worker)
            #expect(held.instance == running.instance)
            #expect(
                held.bodies == [
                    .activityCompleted(first.scheduled.command, .bytes(5)),
                    .activityFailed(second.scheduled.command, failure),
                ]
            )
        },
        Check("an activity has one outcome") { bench in
            let worker = try await bench.worker()
            _ = try await bench.begin(by: worker) { $0.scheduling(1) }
            let task = try await bench.takeActivity(by: worker)
            #expect(try await bench.store.finish(task, by: worker.worker, outcome: .completed(.text("one"))))
            let others: [ActivityOutcome] = [.completed(.text("two")), .failed(.late), .retry(after: .zero, .late)]
            for outcome in others {
                let isWanted = try await bench.store.finish(task, by: worker.worker, outcome: outcome)
                #expect(!isWanted)
            }
            #expect(try await bench.take(by: worker).bodies == [.activityCompleted(CommandID(1), .text("one"))])
            #expect(try await bench.everyActivity(for: worker).isEmpty)
        },
        Check("of outcomes that race, one is taken") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await bench.store.finish(running.eager(1), by: worker.worker, outcome: .completed(.none))
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(accepted == 1)
            #expect(try await bench.take(by: worker).inputs.count == 1)
        },
        Check("an outcome under another lease is not taken") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            for lease in [ActivityLease(attempt: 2), ActivityLease(attempt: 1, delivery: 2)] {
                var task = running.eager(1)
                task.lease = lease
                let isWanted = try await bench.store.finish(task, by: worker.worker, outcome: .completed(.none))
                #expect(!isWanted)
            }
            #expect(try await bench.everyTask(for: worker).isEmpty)
            #expect(try await bench.store.finish(running.eager(1), by: worker.worker, outcome: .completed(.none)))
        },
        Check("an outcome by a worker that does not run the activity is not taken") { bench in
            let worker = try await bench.worker()
            let other = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            let isWanted = try await bench.store.finish(
                running.eager(1),
                by: other.worker,
                outcome: .completed(.none)
            )
            #expect(!isWanted)
            #expect(try await bench.store.finish(running.eager(1), by: worker.worker, outcome: .completed(.none)))
        },
        Check("a retry comes after its delay, to the millisecond, as the next attempt") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1) }
            for attempt in 1...3 {
                let task = try await bench.takeActivity(by: worker)
                #expect(task.lease == ActivityLease(attempt: attempt, delivery: 1))
                let delay = bench.step * attempt + .milliseconds(attempt)
                let moment = bench.store.now + delay
                let isWanted = try await bench.store.finish(
                    task,
                    by: worker.worker,
                    outcome: .retry(after: delay, .late)
                )
                #expect(isWanted)
                let isWantedAgain = try await bench.store.finish(
                    task,
                    by: worker.worker,
                    outcome: .completed(.none)
                )
                #expect(!isWantedAgain, "that attempt is over")
                #expect(try await bench.everyActivity(for: worker).isEmpty)
                try await bench.expectDue(notBefore: moment, by: worker)
            }
            let task = try await bench.takeActivity(by: worker)
            #expect(task.lease.attempt == 4)
            #expect(task.scheduled == .numbered(1))
            #expect(try await bench.everyTask(for: worker).isEmpty, "the workflow learns nothing of it")
            #expect(try await bench.store.state(of: running.instance)?.historyLength == 2)
        },
        Check("an eager activity is retried on its queue") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            let outcome = ActivityOutcome.retry(after: .zero, .late)
            #expect(try await bench.store.finish(running.eager(1), by: worker.worker, outcome: outcome))
            let task = try await bench.takeActivity(by: worker)
            #expect(task.lease.attempt == 2)
            #expect(task.queue == running.queue)
        },
        Check("an activity handed back is no further attempt") { bench in
            let first = try await bench.worker()
            let second = try await bench.worker()
            _ = try await bench.begin(by: first) { $0.scheduling(1) }
            var task = try await bench.takeActivity(by: first)
            try await bench.store.handBack(task, by: first.worker, delay: .zero)
            let isWanted = try await bench.store.finish(task, by: first.worker, outcome: .completed(.none))
            #expect(!isWanted, "it is in nobody's hands")
            task = try await bench.takeActivity(by: second)
            #expect(task.lease.attempt == 1)
            let moment = bench.store.now + bench.step
            try await bench.store.handBack(task, by: second.worker, delay: bench.step)
            #expect(try await bench.everyActivity(for: first).isEmpty)
            try await bench.expectDue(notBefore: moment, by: first)
            task = try await bench.takeActivity(by: first)
            #expect(task.lease.attempt == 1)
            #expect(try await bench.store.finish(task, by: first.worker, outcome: .completed(.none)))
        },
        Check("an activity handed back late changes nothing") { bench in
            let worker = try await bench.worker()
            _ = try await bench.begin(by: worker) { $0.scheduling(1) }
            let task = try await bench.takeActivity(by: worker)
            #expect(try await bench.store.finish(task, by: worker.worker, outcome: .completed(.none)))
            try await bench.store.handBack(task, by: worker.worker, delay: .zero)
            try await bench.store.handBack(task, by: worker.worker, delay: bench.step)
            #expect(try await bench.everyActivity(for: worker).isEmpty)
            try await bench.expectNothingDue(by: worker)
        },
        Check("late outcomes and returns for a finished instance are dropped") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) {
                $0.scheduling(1, eager: true).scheduling(2, eager: true).scheduling(3)
            }
            let task = try await bench.takeActivity(by: worker)
            try await bench.commit(running.transition().settling(running.eager(1)).completing())
            let state = try await bench.store.state(of: running.instance)
            try await bench.expectLate(running.eager(2), by: worker)
            try await bench.expectLate(task, by: worker)
            #expect(try await bench.store.state(of: running.instance) == state)
        },
        Check("late outcomes and returns for a removed instance bring nothing of it back") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true).scheduling(2) }
            let task = try await bench.takeActivity(by: worker)
            try await bench.commit(running.transition().settling(running.eager(1)).completing())
            try await bench.store.remove(running.instance)
            try await bench.expectLate(task, by: worker)
            #expect(try await bench.store.state(of: running.instance) == nil)
            await bench.expect(.instanceNotFound) {
                try await bench.store.history(of: running.instance, after: 0, limit: 1)
            }
        },
        Check("late outcomes of an execution do not reach the next under the same id") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true).scheduling(2) }
            let task = try await bench.takeActivity(by: worker)
            try await bench.commit(running.transition().settling(running.eager(1)).completing())
            try await bench.store.remove(running.instance)
            let start = InstanceStart(instance: running.instance, workflow: "Check", input: .none)
            #expect(try await bench.store.start(start) == .started)
            let next = try await bench.take(by: worker)
            try await bench.commit(next.transition().scheduling(1, eager: true).scheduling(2))
            let queued = try await bench.takeActivity(by: worker)
            try await bench.expectLate(running.eager(1), by: worker)
            try await bench.expectLate(task, by: worker)
            #expect(try await bench.store.finish(queued, by: worker.worker, outcome: .completed(.none)))
        },
    ]
}

extension Failure {
    fileprivate static let late = Failure(type: "Late", message: "too late")
}

extension Bench {
    /// Expects that nothing of a task is wanted any more, and that trying leaves nothing.
    fileprivate func expectLate(_ task: ActivityTask, by worker: WorkerRegistration) async throws {
        let outcomes: [ActivityOutcome] = [
            .completed(.none), .failed(.late), .retry(after: .zero, .late), .retry(after: step, .late),
        ]
        for outcome in outcomes {
            let isWanted = try await store.finish(task, by: worker.worker, outcome: outcome)
            #expect(!isWanted)
        }
        try await store.handBack(task, by: worker.worker, delay: .zero)
        try await store.handBack(task, by: worker.worker, delay: step)
        #expect(try await everyTask(for: worker).isEmpty)
        #expect(try await everyActivity(for: worker).isEmpty)
    }
}
