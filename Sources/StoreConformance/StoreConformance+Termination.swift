internal import AloftCore
internal import Testing

extension StoreConformance {
    static let termination: [Check] = [
        Check("a terminated instance ends at once, and its history says why") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            let waiter = bench.waiter(for: running.instance)
            try await bench.pass(bench.step)
            try await bench.store.terminate(running.instance, execution: nil, reason: "not \"needed\" – ünï")
            let failure = Failure(kind: .terminated, type: "Terminated", message: "not \"needed\" – ünï")
            #expect(try await waiter.value == .terminated(failure))
            #expect(try await bench.store.completion(of: running.instance) == .terminated(failure))
            let state = try await bench.state(of: running.instance)
            #expect(state.status == .terminated)
            #expect(state.historyLength == running.length + 1)
            let last = try #require(try await bench.lastEvent(of: running.instance))
            #expect(last.number == running.length + 1)
            #expect(last.body == .workflowTerminated(failure))
            #expect(last.timestamp == state.finishedAt)
            #expect(last.timestamp >= state.createdAt + bench.step)
        },
        Check("whatever a terminated instance had in flight is dropped") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + .seconds(3600)
            let running = try await bench.begin(by: worker) {
                $0.scheduling(1, eager: true).scheduling(2).scheduling(3, eager: true).settingTimer(4, due: due)
            }
            let retry = ActivityOutcome.retry(after: .seconds(3600), Failure(type: "Failure", message: "failed"))
            #expect(try await bench.store.finish(running.eager(3), by: worker.worker, outcome: retry))
            try await bench.signal("unread", to: running.instance)
            let held = try await bench.take(by: worker)
            try await bench.store.terminate(running.instance, execution: running.execution, reason: "enough")
            try await bench.expectDone(running, held, worker)
        },
        Check("an instance is terminated wherever its task is") { bench in
            let worker = try await bench.worker()
            let fresh = try await bench.start(on: "unserved")
            let delayed = try await bench.start { $0.moment = .after(.seconds(3600)) }
            let owned = try await bench.begin(by: worker)
            try await bench.signal("one", to: owned.instance)
            let postponed = try await bench.start(on: "other")
            let other = try await bench.worker(workflows: ["other"])
            let task = try await bench.takeTask(by: other)
            try await bench.store.postpone(task, by: other.worker, delay: .seconds(3600), problem: "later")
            let instances = [fresh.instance, delayed.instance, owned.instance, postponed.instance]
            for instance in instances {
                try await bench.store.terminate(instance, execution: nil, reason: "enough")
                let state = try await bench.state(of: instance)
                #expect(state.status == .terminated)
                #expect(state.problem == nil)
                #expect(state.startsAt == nil)
                #expect(state.owner == nil)
            }
            #expect(try await bench.store.history(of: fresh.instance, after: 0, limit: 10).map(\.number) == [1])
            try await bench.expectNothingDue(by: worker)
            let all = try await bench.worker(workflows: [.default, "other", "unserved"])
            #expect(try await bench.everyTask(for: all).isEmpty)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a quarantined instance can be terminated", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            for _ in 0..<CrashLimit.deliveries {
                let victim = try await bench.worker()
                _ = try await bench.tryTask(by: victim)
                try await bench.kill(victim, witness: witness)
            }
            #expect(try await bench.state(of: start.instance).isQuarantined)
            try await bench.store.terminate(start.instance, execution: nil, reason: "enough")
            let state = try await bench.state(of: start.instance)
            #expect(state.status == .terminated)
            #expect(!state.isQuarantined)
            #expect(state.problem == nil)
        },
        Check("only an open instance is terminated, and only the execution that was meant") { bench in
            let worker = try await bench.worker()
            await bench.expect(.instanceNotFound) {
                try await bench.store.terminate("nobody", execution: nil, reason: "")
            }
            await bench.expect(.invalidIdentifier) { try await bench.store.terminate("", execution: nil, reason: "") }
            let start = try await bench.start()
            await bench.expect(.instanceNotFound) {
                try await bench.store.terminate(start.instance, execution: .random(), reason: "")
            }
            #expect(try await bench.state(of: start.instance).status == .running)
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            await bench.expect(.instanceFinished) {
                try await bench.store.terminate(start.instance, execution: nil, reason: "")
            }
            #expect(try await bench.state(of: start.instance).status == .completed)
        },
        Check("a reason above the payload limit terminates nothing", .payloads(upTo: 1000)) { bench in
            let start = try await bench.start()
            let reason = String(repeating: "x", count: 1001)
            await bench.expect(.payloadTooLarge) {
                try await bench.store.terminate(start.instance, execution: nil, reason: reason)
            }
            #expect(try await bench.state(of: start.instance).status == .running)
            try await bench.store.terminate(start.instance, execution: nil, reason: String(reason.dropLast()))
        },
        Check("a terminated instance expires and can be removed like any other", .shortRetention) { bench in
            let worker = try await bench.worker()
            let first = try await bench.start()
            let second = try await bench.start()
            for start in [first, second] {
                try await bench.store.terminate(start.instance, execution: nil, reason: "enough")
            }
            try await bench.store.remove(first.instance)
            #expect(try await bench.store.state(of: first.instance) == nil)
            try await bench.pass(bench.subject.times.retention + .milliseconds(1))
            try await bench.tickAll(by: worker)
            #expect(try await bench.store.state(of: second.instance) == nil)
            #expect(try await bench.tick(by: worker).nextDue == nil)
        },
    ]
}
