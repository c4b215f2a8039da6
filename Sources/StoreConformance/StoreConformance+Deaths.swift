internal import AloftCore
internal import Testing

extension StoreConformance {
    static let deaths: [Check] = [
        Check("what a worker held that was seen to die is taken over by the next tick") { bench in
            let dead = try await bench.worker()
            let witness = try await bench.worker(workflows: ["other"], activities: [])
            let running = try await bench.begin(by: dead) { $0.scheduling(1, eager: true) }
            try await bench.start()
            let held = try await bench.take(by: dead)
            #expect(try await bench.declareDead(dead, saying: "words", witness: witness) > 0)
            #expect(try await bench.state(of: running.instance).owner == nil)
            let heir = try await bench.worker()
            #expect(try await bench.take(by: heir).bodies == held.bodies)
            #expect(try await bench.state(of: held.instance).crashes == 1)
            #expect(try await bench.takeActivity(by: heir).lease == ActivityLease(attempt: 1, delivery: 2))
        },
        Check("a worker that was declared dead can do nothing more") { bench in
            let dead = try await bench.worker()
            let running = try await bench.begin(by: dead) { $0.scheduling(1, eager: true) }
            try await bench.signal("one", to: running.instance)
            let held = try await bench.take(by: dead)
            bench.silence(dead)
            try await bench.store.declareDead([dead.worker], lastWords: nil)
            #expect(try await !bench.store.beat(dead, isFirst: false))
            try await bench.expectConflict(held.transition())
            let late = try await bench.store.finish(running.eager(1), by: dead.worker, outcome: .completed(.none))
            #expect(!late)
            let witness = try await bench.worker()
            try await bench.tickAll(by: witness)
            #expect(try await bench.take(by: witness).bodies == [.signal("one")])
        },
        Check("an activity that fails with a crash carries what its last worker said") { bench in
            let witness = try await bench.worker(activities: [])
            _ = try await bench.begin(by: witness) { $0.scheduling(1) }
            for delivery in 1...CrashLimit.deliveries {
                let victim = try await bench.worker(workflows: [])
                _ = try await bench.tryActivity(by: victim)
                try await bench.declareDead(victim, saying: "crashed: “\(delivery)”\n\tin code", witness: witness)
            }
            let bodies = try await bench.take(by: witness).bodies
            guard case .activityFailed(CommandID(1), let failure)? = bodies.first else {
                throw Disappointment("\(bodies)")
            }
            #expect(failure.kind == .crash)
            #expect(failure.type == "CrashError")
            #expect(failure.message == "3 workers died while running activity activity 1")
            #expect(failure.backtrace == "crashed: “3”\n\tin code")
            #expect(failure.causes.isEmpty)
        },
        Check("an activity whose last worker said nothing fails without a backtrace") { bench in
            let witness = try await bench.worker(activities: [])
            _ = try await bench.begin(by: witness) { $0.scheduling(1) }
            for delivery in 1...CrashLimit.deliveries {
                let victim = try await bench.worker(workflows: [])
                _ = try await bench.tryActivity(by: victim)
                let words = delivery < CrashLimit.deliveries ? "words" : " \n"
                try await bench.declareDead(victim, saying: words, witness: witness)
            }
            let bodies = try await bench.take(by: witness).bodies
            guard case .activityFailed(_, let failure)? = bodies.first else { throw Disappointment("\(bodies)") }
            #expect(failure.kind == .crash)
            #expect(failure.backtrace == nil)
        },
        Check("a quarantined instance tells what its last worker said, until it is let go") { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            for _ in 1...CrashLimit.deliveries {
                let victim = try await bench.worker()
                _ = try await bench.tryTask(by: victim)
                try await bench.declareDead(victim, saying: "it crashed\nin the code", witness: witness)
            }
            let state = try await bench.state(of: start.instance)
            #expect(state.isQuarantined)
            #expect(state.problem?.hasPrefix("quarantined: 3 workers died with its workflow task in hand") == true)
            #expect(state.problem?.hasSuffix(": it crashed") == true)
            #expect(state.backtrace == "it crashed\nin the code")
            let filter = InstanceFilter(isQuarantined: true)
            let listed = try await bench.store.instances(matching: filter, after: nil, limit: 10).instances
            #expect(listed.map(\.problem) == [state.problem])
            #expect(listed.map(\.backtrace) == [nil], "lists would grow heavy with it")
            #expect(try await bench.store.liftQuarantine(of: [start.instance]) == 1)
            let lifted = try await bench.state(of: start.instance)
            #expect(lifted.problem == nil && lifted.backtrace == nil)
        },
        Check("what a quarantined instance tells is gone when it is terminated") { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            for _ in 1...CrashLimit.deliveries {
                let victim = try await bench.worker()
                _ = try await bench.tryTask(by: victim)
                try await bench.declareDead(victim, saying: "it crashed", witness: witness)
            }
            try await bench.store.terminate(start.instance, execution: nil, reason: "enough")
            let state = try await bench.state(of: start.instance)
            #expect(!state.isQuarantined && state.problem == nil && state.backtrace == nil)
        },
        Check("what a dead worker said is bounded, and is text") { bench in
            let witness = try await bench.worker(activities: [])
            _ = try await bench.begin(by: witness) { $0.scheduling(1) }
            let noise = "\u{1b}[31m\u{0}\r\u{7f}" + String(repeating: "ä€😀", count: 10_000)
            for _ in 1...CrashLimit.deliveries {
                let victim = try await bench.worker(workflows: [])
                _ = try await bench.tryActivity(by: victim)
                try await bench.declareDead(victim, saying: noise, witness: witness)
            }
            let bodies = try await bench.take(by: witness).bodies
            guard case .activityFailed(_, let failure)? = bodies.first else { throw Disappointment("\(bodies)") }
            let text = failure.backtrace ?? ""
            #expect(text.utf8.count > 32_000 && text.utf8.count <= 32 * 1024)
            #expect(text.hasPrefix("\u{fffd}[31m\u{fffd}\u{fffd}\u{fffd}ä€😀"))
            #expect(text.hasSuffix("\n… cut off here"))
        },
        Check("to declare nobody dead, or one that is gone, changes nothing") { bench in
            let worker = try await bench.worker()
            let left = try await bench.worker()
            let running = try await bench.begin(by: worker)
            try await bench.leave(left)
            try await bench.store.declareDead([], lastWords: "words")
            try await bench.store.declareDead([left.worker, "nobody"], lastWords: "words")
            await bench.expect(.invalidIdentifier) { try await bench.store.declareDead([""], lastWords: nil) }
            let report = try await bench.tick(by: worker)
            #expect(report.deadWorkers.isEmpty && report.takenOver == 0)
            #expect(try await bench.state(of: running.instance).owner == worker.worker)
            try await bench.leave(worker)
        },
        Check("a death is in one report, however many steps it takes to take over and whoever makes them") { bench in
            let witnesses = [
                try await bench.worker(workflows: ["other"]), try await bench.worker(workflows: ["other"]),
            ]
            let victim = try await bench.worker()
            for _ in 0..<250 { try await bench.start() }
            var held = 0
            while held < 250 { held += try await bench.store.nextWorkflowTasks(for: victim, limit: 250).count }
            bench.silence(victim)
            try await bench.store.declareDead([victim.worker], lastWords: nil)
            var dead: [WorkerID] = []
            var taken = 0
            while dead.isEmpty {
                for witness in witnesses {
                    let report = try await bench.tick(by: witness)
                    dead += report.deadWorkers
                    taken += report.takenOver
                }
            }
            for witness in witnesses { dead += try await bench.tick(by: witness).deadWorkers }
            #expect(dead == [victim.worker] && taken == 250)
        },
        Check("a death that is told twice is one crash") { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            let victim = try await bench.worker()
            _ = try await bench.tryTask(by: victim)
            bench.silence(victim)
            for _ in 1...2 { try await bench.store.declareDead([victim.worker], lastWords: "words") }
            try await bench.tickAll(by: witness)
            try await bench.store.declareDead([victim.worker], lastWords: "words")
            try await bench.tickAll(by: witness)
            #expect(try await bench.state(of: start.instance).crashes == 1)
        },
    ]
}

extension Bench {
    /// Declares a worker dead and lets the witness take over. - Returns: How many things that were.
    @discardableResult
    func declareDead(_ worker: WorkerRegistration, saying words: String, witness: WorkerRegistration) async throws
        -> Int
    {
        silence(worker)
        try await store.declareDead([worker.worker], lastWords: words)
        var report = try await tick(by: witness)
        #expect(report.deadWorkers == [worker.worker])
        var count = report.takenOver
        while report.isMoreDue {
            report = try await tick(by: witness)
            count += report.takenOver
        }
        return count
    }
}
