import Aloft
import Testing

/// Workflows whose tasks killed their workers, and what operators do about them.
@Suite struct QuarantineTests {
    struct Echo: Workflow {
        static let go = Signal<Int>("go")

        func run(_ context: WorkflowContext, _ number: Int) async throws -> Int {
            try await context.receive(Self.go) + number
        }
    }

    struct Other: Workflow {
        func run(_ context: WorkflowContext) async throws -> String { "done" }
    }

    /// Starts instances, and lets workers die with the first task of each in hand until all are quarantined.
    private func quarantined(_ count: Int, _ fleet: Fleet) async throws -> [InstanceHandle<Int>] {
        var handles: [InstanceHandle<Int>] = []
        for number in 0..<count {
            handles.append(try await fleet.client.start(Echo.self, number, id: "echo-\(number)"))
        }
        let witness = WorkerRegistration(workflowQueues: ["witness"], activityQueues: [], host: "test")
        _ = try await fleet.store.beat(witness, isFirst: true)
        while try await !fleet.quarantined().isSuperset(of: handles.map(\.instance)) {
            var missing: Set<WorkerID> = []
            // Each has one thing in hand and on trial, and dies of that.
            for _ in handles {
                let victim = WorkerRegistration(workflowQueues: [.default], activityQueues: [], host: "test")
                _ = try await fleet.store.beat(victim, isFirst: true)
                missing.insert(victim.worker)
                for task in try await fleet.store.nextWorkflowTasks(for: victim, limit: 1) {
                    let suspect = Suspect(instance: task.instance, execution: task.execution)
                    try await fleet.store.setTrial(of: suspect, by: victim.worker, isOn: true)
                }
            }
            while !missing.isEmpty {
                _ = try await fleet.store.beat(witness, isFirst: false)
                missing.subtract(try await fleet.store.tick(by: witness.worker).deadWorkers)
                try await fleet.store.clock.sleep(for: .milliseconds(20))
            }
        }
        try await fleet.store.leave(witness)
        return handles
    }

    @Test("A quarantined instance is visible, takes signals, and goes on when it is released")
    func release() async { await onAllSetups(release) }

    private func release(_ setup: Setup) async throws {
        try await withFleet(setup, lease: .seconds(1)) { fleet in
            let handle = try await quarantined(1, fleet)[0]
            let state = try await handle.state()
            #expect(state.isQuarantined)
            #expect(state.problem?.contains("3 workers died with its workflow task in hand") == true)
            #expect(state.status == .running)
            try await handle.signal(Echo.go, 5)
            try await fleet.withWorker {
                Echo.self
                Other.self
            } body: {
                // The worker serves others meanwhile.
                let other = try await fleet.client.start(Other.self).result()
                #expect(other == "done")
                #expect(try await handle.state().isQuarantined)
                #expect(try await handle.release())
                let result = try await handle.result()
                #expect(result == 5)
                await #expect(throws: StoreError.self) { try await handle.release() }
            }
            await #expect(throws: StoreError.self) {
                try await fleet.client.handle("nobody", of: Echo.self).release()
            }
        }
    }

    @Test("Quarantined instances are found, and released all at once")
    func releaseAll() async { await onAllSetups(releaseAll) }

    private func releaseAll(_ setup: Setup) async throws {
        try await withFleet(setup, lease: .seconds(1)) { fleet in
            let handles = try await quarantined(3, fleet)
            _ = try await fleet.client.start(Other.self)
            #expect(try await fleet.quarantined() == Set(handles.map(\.instance)))
            #expect(try await fleet.client.releaseQuarantined(matching: InstanceFilter(workflow: "Other")) == 0)
            #expect(try await fleet.client.releaseQuarantined(matching: InstanceFilter(workflow: "Echo")) == 3)
            #expect(try await fleet.client.releaseQuarantined() == 0)
            try await fleet.withWorker {
                Echo.self
                Other.self
            } body: {
                for (number, handle) in handles.enumerated() {
                    #expect(try await !handle.release(), "it is not quarantined any more")
                    try await handle.signal(Echo.go, 10)
                    let result = try await handle.result()
                    #expect(result == 10 + number)
                }
            }
        }
    }
}

extension Fleet {
    fileprivate func quarantined() async throws -> Set<InstanceID> {
        let filter = InstanceFilter(isQuarantined: true)
        return try await client.instances(matching: filter, pageSize: 2).reduce(into: []) { $0.insert($1.instance) }
    }
}
