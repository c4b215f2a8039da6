internal import AloftCore
internal import Testing

extension StoreConformance {
    static let crashes: [Check] = [
        Check("an activity that kills its workers fails with a crash", .shortLease) { bench in
            let witness = try await bench.worker(activities: [])
            let running = try await bench.begin(by: witness) { $0.scheduling(1) }
            for delivery in 1...CrashLimit.deliveries {
                let victim = try await bench.worker(workflows: [])
                let task = try await bench.tryActivity(by: victim)
                #expect(task.lease == ActivityLease(attempt: 1, delivery: delivery))
                try await bench.kill(victim, witness: witness)
            }
            let held = try await bench.take(by: witness)
            #expect(held.instance == running.instance)
            guard case .activityFailed(let command, let failure)? = held.bodies.first else {
                throw Disappointment("\(held.bodies)")
            }
            #expect(held.bodies.count == 1)
            #expect(command == CommandID(1))
            #expect(failure.kind == .crash)
            #expect(failure.type == "CrashError")
            #expect(failure.message.contains("activity 1"), "it names the activity")
            let worker = try await bench.worker(workflows: [])
            #expect(try await bench.everyActivity(for: worker).isEmpty)
        },
        Check("a failed attempt begins a new count of deliveries", .shortLease) { bench in
            let witness = try await bench.worker(activities: [])
            _ = try await bench.begin(by: witness) { $0.scheduling(1) }
            let victim = try await bench.worker(workflows: [])
            _ = try await bench.tryActivity(by: victim)
            try await bench.kill(victim, witness: witness)
            let worker = try await bench.worker(workflows: [])
            let task = try await bench.takeActivity(by: worker)
            #expect(task.lease == ActivityLease(attempt: 1, delivery: 2))
            let failure = Failure(type: "Failure", message: "failed")
            #expect(try await bench.store.finish(task, by: worker.worker, outcome: .retry(after: .zero, failure)))
            #expect(try await bench.takeActivity(by: worker).lease == ActivityLease(attempt: 2, delivery: 1))
        },
        Check("a workflow task that kills its workers is quarantined, visibly", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            for _ in 0..<CrashLimit.deliveries {
                #expect(try await bench.store.state(of: start.instance)?.isQuarantined == false)
                let victim = try await bench.worker()
                #expect(try await bench.tryTask(by: victim).instance == start.instance)
                try await bench.kill(victim, witness: witness)
            }
            let state = try #require(try await bench.store.state(of: start.instance))
            #expect(state.isQuarantined)
            #expect(state.problem != nil)
            #expect(state.status == .running)
            let worker = try await bench.worker()
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a quarantined instance takes inputs and is not tried again", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            for _ in 0..<CrashLimit.deliveries {
                let victim = try await bench.worker()
                _ = try await bench.tryTask(by: victim)
                try await bench.kill(victim, witness: witness)
            }
            try await bench.signal("one", to: start.instance)
            let worker = try await bench.worker()
            #expect(try await bench.everyTask(for: worker).isEmpty)
            #expect(try await bench.store.state(of: start.instance)?.isQuarantined == true)
            await bench.expect(.instanceOpen) { try await bench.store.remove(start.instance) }
        },
        Check("deaths are counted for a task, not for an instance", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            for _ in 0..<3 {
                for _ in 1..<CrashLimit.deliveries {
                    let victim = try await bench.worker()
                    _ = try await bench.tryTask(by: victim)
                    try await bench.kill(victim, witness: witness)
                }
                let worker = try await bench.worker()
                try await bench.commit(try await bench.take(by: worker).transition())
                try await bench.leave(worker)
                try await bench.signal("next", to: start.instance)
            }
            #expect(try await bench.store.state(of: start.instance)?.isQuarantined == false)
        },
        Check("workers that die with a task only queued for them do not count", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let first = try await bench.worker()
            let running = try await bench.begin(by: first)
            try await bench.kill(first, witness: witness)
            for _ in 0...CrashLimit.deliveries {
                let victim = try await bench.worker()
                try await bench.signal("one", to: running.instance)
                try await bench.commit(try await bench.take(by: victim).transition())
                try await bench.signal("two", to: running.instance)
                try await bench.kill(victim, witness: witness)
            }
            let worker = try await bench.worker()
            #expect(try await bench.take(by: worker).bodies == [.signal("two")])
        },
    ]

    static let leaving: [Check] = [
        Check("a worker that leaves hands everything back at once") { bench in
            let leaver = try await bench.worker()
            let other = try await bench.worker()
            let resident = try await bench.begin(by: leaver) { $0.scheduling(1, eager: true).scheduling(2) }
            _ = try await bench.takeActivity(by: leaver)
            try await bench.signal("one", to: resident.instance)
            let start = try await bench.start()
            let tasks = [try await bench.takeTask(by: leaver), try await bench.takeTask(by: leaver)]
            #expect(Set(tasks.map(\.instance)) == [resident.instance, start.instance])
            let queued = try await bench.begin(by: other)
            try await bench.signal("other's", to: queued.instance)
            try await bench.leave(leaver)
            #expect(try await bench.store.state(of: resident.instance)?.owner == nil)
            let found = Set(try await bench.everyTask(for: other).map(\.instance))
            #expect(found == [resident.instance, start.instance, queued.instance])
            let activities = try await bench.everyActivity(for: other)
            #expect(Set(activities.map(\.scheduled.command)) == [CommandID(1), CommandID(2)])
            #expect(activities.allSatisfy { $0.lease == ActivityLease(attempt: 1, delivery: 1) })
        },
        Check("tasks that wait for a worker alone go to others when it leaves") { bench in
            let leaver = try await bench.worker()
            let other = try await bench.worker()
            let running = try await bench.begin(by: leaver)
            try await bench.signal("one", to: running.instance)
            try await bench.leave(leaver)
            #expect(try await bench.take(by: other).bodies == [.signal("one")])
        },
        Check("a worker that has left can do nothing more") { bench in
            let leaver = try await bench.worker()
            let other = try await bench.worker()
            let running = try await bench.begin(by: leaver) { $0.scheduling(1, eager: true) }
            try await bench.signal("one", to: running.instance)
            let held = try await bench.take(by: leaver)
            try await bench.leave(leaver)
            try await bench.expectConflict(held.transition())
            try await bench.expectConflict(running.transition().settling(running.eager(1)))
            let isWanted = try await bench.store.finish(
                running.eager(1),
                by: leaver.worker,
                outcome: .completed(.none)
            )
            #expect(!isWanted)
            #expect(try await bench.store.load(try #require(held.task)) == nil)
            #expect(try await !bench.store.beat(leaver, isFirst: false))
            try await bench.store.leave(leaver)
            #expect(try await bench.take(by: other).bodies == [.signal("one")])
        },
        Check("however often workers leave, nothing is taken for a crash") { bench in
            let start = try await bench.start()
            for _ in 0..<(CrashLimit.deliveries + 2) {
                let worker = try await bench.worker()
                #expect(try await bench.takeTask(by: worker).instance == start.instance)
                try await bench.leave(worker)
            }
            #expect(try await bench.store.state(of: start.instance)?.isQuarantined == false)
            let owner = try await bench.worker(activities: [])
            try await bench.commit(try await bench.take(by: owner).transition().scheduling(1))
            for _ in 0..<(CrashLimit.deliveries + 2) {
                let worker = try await bench.worker(workflows: [])
                #expect(try await bench.takeActivity(by: worker).lease == ActivityLease(attempt: 1, delivery: 1))
                try await bench.leave(worker)
            }
        },
    ]
}
