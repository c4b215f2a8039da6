internal import AloftCore
internal import Testing

extension StoreConformance {
    static let quarantine: [Check] = [
        Check("a quarantined instance that is let go is tried again, with all that came meanwhile", .shortLease) {
            bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            try await bench.quarantine(witness: witness)
            try await bench.signal("one", to: start.instance)
            #expect(try await bench.store.liftQuarantine(of: [start.instance]) == 1)
            let state = try await bench.state(of: start.instance)
            #expect(!state.isQuarantined)
            #expect(state.problem == nil)
            let worker = try await bench.worker()
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [start.event, .signal("one")])
            try await bench.commit(held.transition().completing())
        },
        Check("the crashes of an instance that was let go are counted anew", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            try await bench.quarantine(witness: witness)
            #expect(try await bench.store.liftQuarantine(of: [start.instance]) == 1)
            for _ in 1..<CrashLimit.deliveries {
                let victim = try await bench.worker()
                _ = try await bench.tryTask(by: victim)
                try await bench.kill(victim, witness: witness)
                #expect(try await bench.state(of: start.instance).isQuarantined == false)
            }
            let victim = try await bench.worker()
            _ = try await bench.tryTask(by: victim)
            try await bench.kill(victim, witness: witness)
            #expect(try await bench.state(of: start.instance).isQuarantined)
        },
        Check("only what is quarantined is let go, and once", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let quarantined = try await bench.start()
            try await bench.quarantine(witness: witness)
            let waiting = try await bench.start()
            let ended = try await bench.start(on: "other")
            try await bench.commit(try await bench.take(by: witness).transition().completing())
            let all = [ended.instance, "nobody", quarantined.instance, waiting.instance]
            #expect(try await bench.store.liftQuarantine(of: all) == 1)
            #expect(try await bench.store.liftQuarantine(of: all) == 0)
            #expect(try await bench.store.liftQuarantine(of: []) == 0)
            await bench.expect(.invalidIdentifier) { try await bench.store.liftQuarantine(of: [""]) }
            let worker = try await bench.worker()
            let tasks = try await bench.everyTask(for: worker)
            #expect(tasks.map(\.instance).sorted() == [quarantined.instance, waiting.instance].sorted())
            #expect(try await bench.state(of: ended.instance).status == .completed)
            #expect(try await bench.store.state(of: "nobody") == nil)
        },
        Check("lists tell those that are quarantined from those that are not", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let quarantined = try await bench.start()
            try await bench.quarantine(witness: witness)
            let others = [try await bench.start().instance, try await bench.start(on: "other").instance]
            func list(_ filter: InstanceFilter) async throws -> Set<InstanceID> {
                let page = try await bench.store.instances(matching: filter, after: nil, limit: 10)
                return Set(page.instances.map(\.instance))
            }
            #expect(try await list(InstanceFilter(isQuarantined: true)) == [quarantined.instance])
            #expect(try await list(InstanceFilter(isQuarantined: false)) == Set(others))
            #expect(try await list(InstanceFilter(queue: "other", isQuarantined: true)).isEmpty)
            #expect(try await list(InstanceFilter()) == Set(others + [quarantined.instance]))
        },
        Check("many quarantined instances are let go in one call", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            var instances: Set<InstanceID> = []
            for _ in 0..<3 {
                instances.insert(try await bench.start().instance)
                try await bench.quarantine(witness: witness)
            }
            let missing = (0..<300).map { InstanceID("nobody-\($0)") }
            #expect(try await bench.store.quarantinedCount() == instances.count)
            #expect(try await bench.store.liftQuarantine(of: missing + instances) == instances.count)
            #expect(try await bench.store.quarantinedCount() == 0)
            let worker = try await bench.worker()
            #expect(Set(try await bench.everyTask(for: worker).map(\.instance)) == instances)
        },
    ]
}

extension Bench {
    /// Lets the one workflow task that waits on the default queue kill its workers until it is quarantined.
    func quarantine(witness: WorkerRegistration) async throws {
        let before = quarantinedCount
        for _ in 0..<CrashLimit.deliveries {
            #expect(quarantinedCount == before)
            let victim = try await worker()
            _ = try await tryTask(by: victim)
            try await kill(victim, witness: witness)
        }
        #expect(quarantinedCount == before + 1, "a tick tells how many it quarantined")
    }
}
