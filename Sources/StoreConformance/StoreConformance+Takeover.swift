internal import AloftCore
internal import Testing

extension StoreConformance {
    static let takeover: [Check] = [
        Check("a worker is unknown until its first beat, and known from then on") { bench in
            let worker = WorkerRegistration(workflowQueues: [.default], activityQueues: [], host: "bench")
            let isKnownBefore = try await bench.store.beat(worker, isFirst: false)
            #expect(!isKnownBefore)
            #expect(try await bench.store.beat(worker, isFirst: true))
            #expect(try await bench.store.beat(worker, isFirst: true), "a repeated first beat")
            #expect(try await bench.store.beat(worker, isFirst: false))
        },
        Check("a worker that beats keeps what it has", .shortLease) { bench in
            let worker = try await bench.worker()
            let witness = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            try await bench.signal("one", to: running.instance)
            let held = try await bench.take(by: worker)
            for _ in 0..<6 {
                try await bench.pass(bench.store.leaseDuration / 2)
                let report = try await bench.tick(by: witness)
                #expect(report.deadWorkers.isEmpty)
                #expect(report.takenOver == 0)
            }
            #expect(try await bench.store.state(of: running.instance)?.owner == worker.worker)
            #expect(try await bench.store.finish(running.eager(1), by: worker.worker, outcome: .completed(.none)))
            try await bench.commit(held.transition(consuming: 1))
        },
        Check("a worker is declared dead after its lease, not before, and is told", .shortLease) { bench in
            let worker = try await bench.worker()
            let witness = try await bench.worker()
            let running = try await bench.begin(by: worker)
            let lastBeat = try await bench.tick(by: witness).now
            try await bench.beat()
            bench.silence(worker)
            var report = try await bench.tick(by: witness)
            while report.deadWorkers.isEmpty {
                try await bench.pass(bench.store.leaseDuration / 8)
                report = try await bench.tick(by: witness)
            }
            #expect(report.now - lastBeat > bench.store.leaseDuration)
            #expect(report.deadWorkers == [worker.worker])
            #expect(report.takenOver > 0)
            #expect(try await !bench.store.beat(worker, isFirst: false))
            #expect(try await bench.store.state(of: running.instance)?.owner == nil)
            let (beats, confirmed) = AsyncStream<Void>.makeStream()
            try await bench.patiently("keeping it alive ends") {
                await bench.store.keepAlive(worker) { confirmed.yield() }
            }
            confirmed.finish()
            for await _ in beats { Issue.record("a heartbeat of a dead worker was confirmed") }
        },
        Check("whoever keeps a worker alive hears of each heartbeat that was confirmed", .shortLease) { bench in
            let worker = try await bench.worker()
            let (beats, confirmed) = AsyncStream<Void>.makeStream()
            let keeping = Task { await bench.store.keepAlive(worker) { confirmed.yield() } }
            try await bench.patiently("the first one") { for await _ in beats { return } }
            keeping.cancel()
            await keeping.value
        },
        Check("a task that a dead worker held goes to another, with all its inputs", .shortLease) { bench in
            let dead = try await bench.worker()
            let witness = try await bench.worker()
            let start = try await bench.start()
            let stale = try await bench.take(by: dead)
            try await bench.signal("one", to: start.instance)
            try await bench.kill(dead, witness: witness)
            let held = try await bench.take(by: witness)
            #expect(held.bodies == [start.event, .signal("one")])
            #expect(try await bench.store.load(try #require(stale.task)) == nil)
            try await bench.expectConflict(stale.transition())
            try await bench.store.postpone(try #require(stale.task), by: dead.worker, delay: .zero, problem: "late")
            #expect(try await bench.store.state(of: start.instance)?.problem == nil)
            try await bench.commit(held.transition())
        },
        Check("tasks that were queued for a dead worker go to others", .shortLease) { bench in
            let dead = try await bench.worker()
            let witness = try await bench.worker()
            let running = try await bench.begin(by: dead)
            try await bench.signal("one", to: running.instance)
            #expect(try await bench.everyTask(for: witness).isEmpty)
            try await bench.kill(dead, witness: witness)
            #expect(try await bench.take(by: witness).bodies == [.signal("one")])
        },
        Check("executions that were resident in a dead worker are nobody's", .shortLease) { bench in
            let dead = try await bench.worker()
            let witness = try await bench.worker()
            let running = try await bench.begin(by: dead) { $0.settingTimer(1, due: bench.store.now) }
            try await bench.kill(dead, witness: witness)
            #expect(try await bench.store.state(of: running.instance)?.owner == nil)
            try await bench.tickAll(by: witness)
            #expect(try await bench.take(by: witness).bodies == [.timerFired(CommandID(1))])
        },
        Check("activities of a dead worker go to others, delivered once more", .shortLease) { bench in
            let dead = try await bench.worker()
            let witness = try await bench.worker()
            let running = try await bench.begin(by: dead) { $0.scheduling(1, eager: true).scheduling(2) }
            let taken = try await bench.takeActivity(by: dead)
            try await bench.kill(dead, witness: witness)
            let tasks = try await bench.everyActivity(for: witness)
            #expect(Set(tasks.map(\.scheduled.command)) == [CommandID(1), CommandID(2)])
            #expect(tasks.allSatisfy { $0.lease == ActivityLease(attempt: 1, delivery: 2) })
            for late in [taken, running.eager(1)] {
                let isWanted = try await bench.store.finish(late, by: dead.worker, outcome: .completed(.text("late")))
                #expect(!isWanted)
                try await bench.store.handBack(late, by: dead.worker, delay: .zero)
            }
            #expect(try await bench.everyActivity(for: witness).isEmpty)
            for task in tasks {
                #expect(try await bench.store.finish(task, by: witness.worker, outcome: .completed(.none)))
            }
        },
        Check("a dead worker cannot record outcomes of its activities", .shortLease) { bench in
            let dead = try await bench.worker()
            let witness = try await bench.worker()
            let running = try await bench.begin(by: dead) { $0.scheduling(1, eager: true) }
            try await bench.kill(dead, witness: witness)
            try await bench.expectConflict(running.transition().settling(running.eager(1)))
            try await bench.expectConflict(running.transition().adding(.sideEffectRecorded(CommandID(2), .none)))
            #expect(try await bench.store.state(of: running.instance)?.historyLength == 2)
        },
        Check("tasks of every queue of a dead worker go to others", .shortLease) { bench in
            let queues: [TaskQueue] = ["one", "two", "three"]
            let dead = try await bench.worker(workflows: queues, activities: queues)
            let witness = try await bench.worker(workflows: queues, activities: queues)
            for queue in queues {
                _ = try await bench.begin(on: queue, by: dead) { $0.scheduling(1) }
                _ = try await bench.takeActivity(by: dead)
                try await bench.start(on: queue)
                _ = try await bench.takeTask(by: dead)
            }
            try await bench.kill(dead, witness: witness)
            #expect(try await bench.everyTask(for: witness).count == 3)
            #expect(Set(try await bench.everyActivity(for: witness).map(\.queue)) == Set(queues))
        },
        Check("hundreds of things of a dead worker are taken over", .shortLease) { bench in
            let dead = try await bench.worker()
            let witness = try await bench.worker()
            var instances: Set<InstanceID> = []
            for _ in 0..<250 { instances.insert(try await bench.start().instance) }
            let held = try await bench.everyTask(for: dead).map(\.instance)
            #expect(Set(held) == instances)
            #expect(try await bench.kill(dead, witness: witness) == 250)
            #expect(Set(try await bench.everyTask(for: witness).map(\.instance)) == instances)
        },
        Check("several workers that die together are all taken over", .shortLease) { bench in
            let first = try await bench.worker()
            let second = try await bench.worker()
            let witness = try await bench.worker()
            let started = [try await bench.start().instance, try await bench.start().instance]
            _ = try await bench.takeTask(by: first)
            _ = try await bench.takeTask(by: second)
            try await bench.kill(first, second, witness: witness)
            #expect(Set(try await bench.everyTask(for: witness).map(\.instance)) == Set(started))
        },
        Check("what a dead worker asks for is not lost", .shortLease) { bench in
            let dead = try await bench.worker()
            let witness = try await bench.worker()
            try await bench.kill(dead, witness: witness)
            let start = try await bench.start()
            // A store may refuse the call; if it answers with a task nevertheless, it finds it again.
            let polling = Task { [bench] in try await bench.store.nextWorkflowTasks(for: dead, limit: 10) }
            let taking = Task { [bench] in
                try await bench.patiently("the task comes") { [bench] in
                    try await bench.tickAll(by: witness)
                    return try await bench.store.nextWorkflowTasks(for: witness, limit: 1).first
                }
            }
            let task = try await taking.value
            polling.cancel()
            _ = try? await polling.value
            #expect(task.instance == start.instance)
            try await bench.commit(try await bench.load(task, by: witness).transition())
        },
    ]
}
