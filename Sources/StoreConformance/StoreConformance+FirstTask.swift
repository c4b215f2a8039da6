internal import AloftCore
internal import Testing

// As long as nothing of an execution is recorded, its code is to see a request to cancel before it runs.
extension StoreConformance {
    static let firstTask: [Check] = [
        Check("a request to cancel that precedes the first task comes with it") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            try await bench.signal("one", to: start.instance)
            try await bench.cancel(start.instance, "enough")
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [start.event, .signal("one"), .cancelRequested(reason: "enough")])
            #expect(try await bench.commit(held.transition()).isEmpty)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a first task that is held is taken back by a request to cancel") { bench in
            let worker = try await bench.worker()
            let other = try await bench.worker()
            let start = try await bench.start()
            let held = try await bench.take(by: worker)
            try await bench.cancel(start.instance, "enough")
            try await bench.expectConflict(held.transition().scheduling(1).completing())
            #expect(try await bench.store.load(try #require(held.task)) == nil)
            let next = try await bench.take(by: other)
            #expect(next.bodies == [start.event, .cancelRequested(reason: "enough")])
            try await bench.store.postpone(try #require(held.task), by: worker.worker, delay: .zero, problem: "late")
            #expect(try await bench.commit(next.transition()).isEmpty)
            #expect(try await bench.state(of: start.instance).problem == nil)
            #expect(try await bench.everyTask(for: worker).isEmpty)
            #expect(try await bench.everyTask(for: other).isEmpty)
        },
        Check("further requests to cancel take no task back") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            try await bench.cancel(start.instance, "one")
            var held = try await bench.take(by: worker)
            try await bench.cancel(start.instance, "two")
            #expect(try await bench.commit(held.transition()).map(\.body) == [.cancelRequested(reason: "two")])
            let second = try await bench.start()
            _ = try await bench.take(by: worker)
            for reason in ["one", "two"] { try await bench.cancel(second.instance, reason) }
            held = try await bench.take(by: worker)
            #expect(held.bodies == [second.event] + ["one", "two"].map { .cancelRequested(reason: $0) })
            try await bench.cancel(second.instance, "three")
            #expect(try await bench.commit(held.transition()).map(\.body) == [.cancelRequested(reason: "three")])
        },
        Check("once something is recorded, a request to cancel comes behind the task that is held") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            try await bench.signal("one", to: running.instance)
            let held = try await bench.take(by: worker)
            try await bench.cancel(running.instance, "enough")
            #expect(try await bench.commit(held.transition()).map(\.body) == [.cancelRequested(reason: "enough")])
        },
        Check("a first task that is postponed stays so when the instance is asked to cancel") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let task = try await bench.takeTask(by: worker)
            try await bench.store.postpone(task, by: worker.worker, delay: bench.step * 5, problem: "later")
            try await bench.cancel(start.instance, "one")
            #expect(try await bench.state(of: start.instance).problem == "later")
            try await bench.pass(bench.step * 5)
            #expect(try await bench.tickAll(by: worker) == 1)
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [start.event, .cancelRequested(reason: "one")])
            try await bench.cancel(start.instance, "two")
            #expect(try await bench.commit(held.transition()).map(\.body) == [.cancelRequested(reason: "two")])
        },
        Check("however often a delayed start is asked to cancel, it begins once") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start { $0.moment = .after(.seconds(3600)) }
            for reason in ["one", "two"] { try await bench.cancel(start.instance, reason) }
            #expect(try await bench.state(of: start.instance).startsAt == nil)
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [start.event] + ["one", "two"].map { .cancelRequested(reason: $0) })
            try await bench.commit(held.transition())
            #expect(try await bench.everyTask(for: worker).isEmpty)
            try await bench.expectNothingDue(by: worker)
        },
        Check("a quarantined instance that is asked to cancel stays so", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            for round in 1...CrashLimit.deliveries {
                let victim = try await bench.worker()
                _ = try await bench.tryTask(by: victim)
                // A task that is taken back counts on.
                if round == 2 {
                    try await bench.cancel(start.instance, "one")
                    _ = try await bench.tryTask(by: victim)
                }
                try await bench.kill(victim, witness: witness)
            }
            #expect(try await bench.state(of: start.instance).isQuarantined)
            try await bench.cancel(start.instance, "two")
            #expect(try await bench.state(of: start.instance).isQuarantined)
            let worker = try await bench.worker()
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("the first task of a sub-workflow is taken back when its parent cancels it") { bench in
            let (worker, helper) = try await bench.family()
            let (parent, child) = try await bench.parent(by: worker)
            let held = try await bench.take(by: helper)
            try await bench.signal("go on", to: parent.instance)
            try await bench.commit(try await bench.take(by: worker).transition().cancellingSubWorkflow(1))
            try await bench.settle()
            try await bench.expectConflict(held.transition().completing())
            let next = try await bench.take(by: helper)
            #expect(next.instance == child.instance)
            #expect(next.bodies.map(\.isCancelRequest) == [false, true])
            try await bench.commit(next.transition())
            #expect(try await bench.everyTask(for: helper).isEmpty)
        },
        Check("the first task of a continued execution is taken back, unless a request came along") { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let last = try await bench.take(by: worker).transition().continuing()
            try await bench.commit(last)
            let held = try await bench.take(by: worker)
            try await bench.cancel(last.instance, "one")
            try await bench.expectConflict(held.transition())
            var next = try await bench.take(by: worker)
            #expect(next.bodies.map(\.isCancelRequest) == [false, true])
            try await bench.commit(next.transition(consuming: 1).continuing())
            next = try await bench.take(by: worker)
            #expect(next.bodies.map(\.isCancelRequest) == [false, true])
            try await bench.cancel(last.instance, "two")
            #expect(try await bench.commit(next.transition()).map(\.body) == [.cancelRequested(reason: "two")])
        },
    ]
}

extension Bench {
    fileprivate func cancel(_ instance: InstanceID, _ reason: String) async throws {
        try await store.deliver(.cancelRequested(reason: reason), to: instance, execution: nil, id: nil)
    }
}
