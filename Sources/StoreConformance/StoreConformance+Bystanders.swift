internal import AloftCore
internal import Testing

extension StoreConformance {
    static let bystanders: [Check] = [
        Check("whatever a dead worker had in hand for the first time is a suspect", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"], activities: [])
            let victim = try await bench.worker()
            _ = try await bench.begin(by: victim) { $0.scheduling(1, eager: true).scheduling(2) }
            _ = try await bench.takeActivity(by: victim)
            let start = try await bench.start()
            _ = try await bench.takeTask(by: victim)
            try await bench.kill(victim, witness: witness)
            #expect(try await bench.state(of: start.instance).crashes == 1)
            let heir = try await bench.worker()
            let tasks = try await bench.everyActivity(for: heir)
            #expect(tasks.map(\.lease.delivery) == [2, 2])
        },
        Check("beside a suspect on trial other suspects are not charged, and what is new becomes one", .shortLease) {
            bench in
            let witness = try await bench.worker(activities: [])
            let running = try await bench.begin(by: witness) { $0.scheduling(1).scheduling(2) }
            let first = try await bench.worker(workflows: [])
            for _ in 1...2 { _ = try await bench.takeActivity(by: first) }
            try await bench.kill(first, witness: witness)
            // One of the two begins, the other waits for its turn, and a third has never been met by a crash.
            let second = try await bench.worker(workflows: [])
            let tried = try await bench.tryActivity(by: second)
            let waiting = try await bench.takeActivity(by: second)
            try await bench.commit(running.transition().scheduling(3))
            _ = try await bench.takeActivity(by: second)
            try await bench.kill(second, witness: witness)
            let heir = try await bench.worker(workflows: [])
            let deliveries = Dictionary(
                uniqueKeysWithValues: try await bench.everyActivity(for: heir).map {
                    ($0.scheduled.command, $0.lease.delivery)
                }
            )
            #expect(
                deliveries == [tried.scheduled.command: 3, waiting.scheduled.command: 2, CommandID(3): 2]
            )
        },
        Check("an activity fails with a crash only if it was alone on trial", .shortLease) { bench in
            let witness = try await bench.worker(activities: [])
            _ = try await bench.begin(by: witness) { $0.scheduling(1).scheduling(2) }
            for delivery in 1...CrashLimit.deliveries + 1 {
                let victim = try await bench.worker(workflows: [])
                for _ in 1...2 { #expect(try await bench.tryActivity(by: victim).lease.delivery == delivery) }
                try await bench.kill(victim, witness: witness)
            }
            let last = try await bench.worker(workflows: [])
            let guilty = try await bench.tryActivity(by: last).scheduled.command
            let bystander = try await bench.takeActivity(by: last)
            try await bench.kill(last, witness: witness)
            let bodies = try await bench.take(by: witness).bodies
            #expect(bodies.count == 1)
            guard case .activityFailed(guilty, let failure)? = bodies.first else { throw Disappointment("\(bodies)") }
            #expect(failure.kind == .crash)
            let heir = try await bench.worker(workflows: [])
            let task = try await bench.takeActivity(by: heir)
            #expect(task.scheduled.command == bystander.scheduled.command)
            #expect(try await bench.store.finish(task, by: heir.worker, outcome: .completed(.none)))
        },
        Check("a workflow task is quarantined only if it was alone on trial", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let started = [try await bench.start().instance, try await bench.start().instance]
            for _ in 1...CrashLimit.deliveries {
                let victim = try await bench.worker()
                for _ in started { _ = try await bench.tryTask(by: victim) }
                try await bench.kill(victim, witness: witness)
            }
            for instance in started { #expect(try await bench.state(of: instance).isQuarantined == false) }
            let victim = try await bench.worker()
            let guilty = try await bench.tryTask(by: victim).instance
            _ = try await bench.takeTask(by: victim)
            try await bench.kill(victim, witness: witness)
            for instance in started {
                let state = try await bench.state(of: instance)
                #expect(state.isQuarantined == (instance == guilty))
                #expect(state.crashes == (instance == guilty ? 4 : 3))
            }
        },
        Check("a suspect that was cleared is not charged while others are on trial", .shortLease) { bench in
            let witness = try await bench.worker(activities: [])
            _ = try await bench.begin(by: witness) { $0.scheduling(1).scheduling(2) }
            let first = try await bench.worker(workflows: [])
            for _ in 1...2 { _ = try await bench.takeActivity(by: first) }
            try await bench.kill(first, witness: witness)
            let second = try await bench.worker(workflows: [])
            let cleared = try await bench.tryActivity(by: second)
            let suspect = Suspect(
                instance: cleared.instance,
                execution: cleared.execution,
                command: cleared.scheduled.command
            )
            try await bench.store.setTrial(of: suspect, by: second.worker, isOn: false)
            try await bench.store.setTrial(of: suspect, by: second.worker, isOn: false)
            _ = try await bench.tryActivity(by: second)
            try await bench.kill(second, witness: witness)
            let heir = try await bench.worker(workflows: [])
            for task in try await bench.everyActivity(for: heir) {
                #expect(task.lease.delivery == (task.scheduled.command == cleared.scheduled.command ? 2 : 3))
            }
        },
        Check("what is met by crash after crash is given up in the end", .shortLease) { bench in
            let witness = try await bench.worker(activities: [])
            _ = try await bench.begin(by: witness) { $0.scheduling(1) }
            for _ in 1...CrashLimit.anyhow {
                let victim = try await bench.worker(workflows: [])
                // It is never seen to begin.
                _ = try await bench.takeActivity(by: victim)
                try await bench.kill(victim, witness: witness)
            }
            guard case .activityFailed? = try await bench.take(by: witness).bodies.first else {
                throw Disappointment("it has no end")
            }
        },
        Check("a worker that is dead or has left puts nothing on trial, and leaves nothing of its trials", .shortLease)
        {
            bench in
            let witness = try await bench.worker()
            let start = try await bench.start()
            let suspect = Suspect(instance: start.instance, execution: start.execution)
            for isKilled in [true, false] {
                let worker = try await bench.worker()
                try await bench.store.setTrial(of: suspect, by: worker.worker, isOn: true)
                if isKilled {
                    try await bench.kill(worker, witness: witness)
                } else {
                    try await bench.leave(worker)
                }
                await bench.expect(.leaseLost) {
                    try await bench.store.setTrial(of: suspect, by: worker.worker, isOn: true)
                }
                try await bench.store.setTrial(of: suspect, by: worker.worker, isOn: false)
            }
            #expect(try await bench.state(of: start.instance).crashes == 0)
        },
    ]
}
