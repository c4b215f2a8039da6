internal import AloftCore
internal import Testing

extension StoreConformance {
    static let completion: [Check] = [
        Check("however an instance ends, it is told as it was") { bench in
            let worker = try await bench.worker()
            let failure = Failure(
                type: "Declined",
                message: "no funds",
                details: .text("details"),
                isPermanent: true,
                causes: [.init(type: "Bank", message: "says no")]
            )
            let cancelled = Failure(kind: .cancelled, type: "CancellationError", message: "cancelled")
            for completion in [.completed(.text("done")), .failed(failure), .cancelled(cancelled)] as [Completion] {
                let before = bench.store.now
                let start = try await bench.start()
                try await bench.commit(try await bench.take(by: worker).transition().completing(completion))
                #expect(try await bench.store.completion(of: start.instance) == completion)
                let state = try #require(try await bench.store.state(of: start.instance))
                #expect(state.status == completion.status)
                #expect(state.historyLength == 2)
                #expect(state.owner == nil)
                #expect(try #require(state.finishedAt) >= max(before, state.createdAt))
                let history = try await bench.store.history(of: start.instance, after: 0, limit: 10)
                #expect(history.map(\.body) == [start.event, completion.event])
            }
        },
        Check("completing wakes everyone who waits, and answers those who come later") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let waiters = (0..<5).map { _ in bench.waiter(for: start.instance) }
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            for waiter in waiters { #expect(try await waiter.value == .completed(.text("done"))) }
            #expect(try await bench.store.completion(of: start.instance) == .completed(.text("done")))
        },
        Check("waiting for one instance is not ended by another") { bench in
            let worker = try await bench.worker()
            let first = try await bench.start()
            let second = try await bench.start()
            let waiter = bench.waiter(for: second.instance)
            let held = try await bench.take(by: worker)
            try await bench.commit(held.transition().completing(.completed(.text("first"))))
            #expect(held.instance == first.instance)
            let next = try await bench.take(by: worker)
            try await bench.commit(next.transition().completing(.completed(.text("second"))))
            #expect(try await waiter.value == .completed(.text("second")))
        },
        Check("a caller that is cancelled stops waiting, and others do not") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let staying = bench.waiter(for: start.instance)
            let leaving = Task { [bench] in try await bench.store.completion(of: start.instance) }
            leaving.cancel()
            await bench.expect(.cancelled) { try await leaving.value }
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            #expect(try await staying.value == .completed(.text("done")))
        },
        Check("an unknown instance cannot be waited for") { bench in
            await bench.expect(.instanceNotFound) { try await bench.store.completion(of: "nobody") }
        },
        Check("a finished instance is not moved any more") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true).scheduling(2, eager: true) }
            let last = running.transition().settling(running.eager(1)).completing()
            try await bench.commit(last)
            let next = running.after(last)
            try await bench.expectConflict(next.transition().settling(running.eager(2)))
            try await bench.expectConflict(next.transition().adding(.timerCancelled(CommandID(3))))
            #expect(try await bench.store.state(of: running.instance)?.historyLength == 5)
        },
        Check("completing takes queued activities, timers and retries away") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + bench.step
            let running = try await bench.begin(by: worker) {
                $0.scheduling(1, eager: true).scheduling(2, eager: true).scheduling(3).scheduling(4, on: "unserved")
                    .settingTimer(5, due: due)
            }
            let failure = Failure(type: "Failure", message: "failed")
            let retry = ActivityOutcome.retry(after: bench.step, failure)
            #expect(try await bench.store.finish(running.eager(2), by: worker.worker, outcome: retry))
            try await bench.commit(running.transition().settling(running.eager(1)).completing())
            let other = try await bench.worker(workflows: ["unserved"], activities: [.default, "unserved"])
            #expect(try await bench.everyActivity(for: other).isEmpty)
            try await bench.pass(bench.step * 2)
            #expect(try await bench.tickAll(by: worker) == 0)
            #expect(try await bench.everyTask(for: worker).isEmpty)
            #expect(try await bench.everyActivity(for: other).isEmpty)
        },
        Check("completing takes a task away that waits, is held or is postponed") { bench in
            let worker = try await bench.worker()
            let other = try await bench.worker()
            for position in 0..<3 {
                let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
                try await bench.signal("unread", to: running.instance)
                if position > 0 {
                    let task = try await bench.takeTask(by: worker)
                    if position == 2 {
                        try await bench.store.postpone(task, by: worker.worker, delay: bench.step, problem: nil)
                    }
                }
                try await bench.commit(running.transition().settling(running.eager(1)).completing())
            }
            try await bench.pass(bench.step * 2)
            #expect(try await bench.tickAll(by: worker) == 0)
            #expect(try await bench.everyTask(for: worker).isEmpty)
            #expect(try await bench.everyTask(for: other).isEmpty)
        },
        Check("an instance can finish with inputs unread") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let held = try await bench.take(by: worker)
            try await bench.signal("unread", to: start.instance)
            #expect(try await bench.commit(held.transition().completing()).isEmpty)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
    ]

    static let removal: [Check] = [
        Check("an open instance is not removed, nor one that is unknown") { bench in
            let start = try await bench.start()
            await bench.expect(.instanceOpen) { try await bench.store.remove(start.instance) }
            #expect(try await bench.store.state(of: start.instance) != nil)
            await bench.expect(.instanceNotFound) { try await bench.store.remove("nobody") }
        },
        Check("a removed instance is gone wholly") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            try await bench.signal("one", to: start.instance, id: "id")
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            try await bench.store.remove(start.instance)
            #expect(try await bench.store.state(of: start.instance) == nil)
            await bench.expect(.instanceNotFound) { try await bench.store.remove(start.instance) }
            await bench.expect(.instanceNotFound) { try await bench.store.completion(of: start.instance) }
            await bench.expect(.instanceNotFound) {
                try await bench.store.history(of: start.instance, after: 0, limit: 1)
            }
            await bench.expect(.instanceNotFound) { try await bench.signal("late", to: start.instance) }
            #expect(try await bench.tick(by: worker).nextDue == nil, "not even the end of its retention")
        },
        Check("the id of a removed instance is free, and nothing of the old one is in the new") { bench in
            let worker = try await bench.worker()
            let old = try await bench.start()
            try await bench.signal("one", to: old.instance, id: "id")
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            try await bench.store.remove(old.instance)
            let new = InstanceStart(instance: old.instance, workflow: "Check", input: .text("new"))
            #expect(try await bench.store.start(new) == .started)
            try await bench.signal("one", to: new.instance, id: "id")
            let held = try await bench.take(by: worker)
            #expect(held.length == 0)
            #expect(held.bodies == [new.event, .signal("one")])
        },
    ]
}
