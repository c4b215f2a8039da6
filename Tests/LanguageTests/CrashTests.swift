import Aloft
import Synchronization
import Testing

/// What happens to the work of a worker that is gone, and to a worker that comes back.
@Suite struct CrashTests {
    struct Errand: Workflow {
        static let go = Signal<Int>("go")

        func run(_ context: WorkflowContext, _ number: Int) async throws -> Int {
            let first = try await context.activity(ActivityReference<Int, Int>("step"), number)
            async let second = context.activity(ActivityReference<Int, Int>("step"), first)
            async let signal = context.receive(Self.go)
            return try await second + signal
        }
    }

    /// Tells when it has begun, and ends only by cancellation.
    final class Stuck: Sendable {
        let begun = Mutex(0)

        var component: WorkerComponent {
            .activity(
                ActivityFunction<Int, Int>("step") { (number: Int) in
                    self.begun.withLock { $0 += 1 }
                    try await Task.sleep(for: .seconds(3600))
                    return number
                }
            )
        }
    }

    private let step = WorkerComponent.activity(ActivityFunction<Int, Int>("step") { (number: Int) in number + 1 })

    private func startErrands(_ count: Int, _ fleet: Fleet) async throws -> [InstanceHandle<Int>] {
        var handles: [InstanceHandle<Int>] = []
        for number in 0..<count { handles.append(try await fleet.client.start(Errand.self, number)) }
        return handles
    }

    @Test("A worker that is gone is noticed, and all that it held is taken over")
    func takeover() async { await onAllSetups(takeover) }

    private func takeover(_ setup: Setup) async throws {
        try await withFleet(setup, lease: .seconds(1)) { fleet in
            let line = SeveredStore(fleet.store)
            let doomed = Fleet(store: line, client: WorkflowClient(store: line), setup: setup)
            let stuck = Stuck()
            let count = 12
            try await doomed.withWorker {
                WorkerComponent.workflow(Errand.self)
                stuck.component
            } body: {
                let handles = try await startErrands(count, fleet)
                // It holds activities, has executions resident, and then is not heard of any more.
                try await eventually { stuck.begun.withLock { $0 } >= count }
                line.cut()
                for handle in handles { try await handle.signal(Errand.go, 100) }
                try await fleet.withWorker {
                    WorkerComponent.workflow(Errand.self)
                    step
                } body: {
                    for (number, handle) in handles.enumerated() {
                        let result = try await handle.result()
                        #expect(result == number + 102)
                        let history = try await handle.history()
                        #expect(history.map(\.number) == Array(1...history.count))
                        let outcomes = history.filter { if case .activityCompleted = $0.body { true } else { false } }
                        #expect(outcomes.count == 2)
                    }
                }
            }
        }
    }

    @Test("A worker that comes back commits nothing of its former life, and serves as a new one")
    func comeback() async { await onAllSetups(comeback) }

    private func comeback(_ setup: Setup) async throws {
        try await withFleet(setup, lease: .seconds(1)) { fleet in
            let line = SeveredStore(fleet.store)
            let cutOff = Fleet(store: line, client: WorkflowClient(store: line), setup: setup)
            try await cutOff.withWorker {
                WorkerComponent.workflow(Errand.self)
                step
            } body: {
                let before = try await fleet.client.start(Errand.self, 1)
                try await eventually { try await before.state().historyLength >= 5 }
                line.cut()
                try await before.signal(Errand.go, 10)
                let result = try await fleet.withWorker {
                    WorkerComponent.workflow(Errand.self)
                    step
                } body: {
                    try await before.result()
                }
                #expect(result == 13)
                // The other one has left. Only the one that was cut off can serve this.
                line.mend()
                let after = try await fleet.client.start(Errand.self, 2)
                try await after.signal(Errand.go, 10)
                let second = try await after.result()
                #expect(second == 14)
            }
        }
    }

    @Test("A worker that stops hands everything back at once", arguments: Setup.all)
    func handover(_ setup: Setup) async throws {
        // With a lease of an hour nobody takes over: whatever goes on was handed back.
        try await withFleet(setup, lease: .seconds(3600)) { fleet in
            let stuck = Stuck()
            let handles = try await fleet.withWorker {
                WorkerComponent.workflow(Errand.self)
                stuck.component
            } body: {
                let handles = try await startErrands(8, fleet)
                try await eventually { stuck.begun.withLock { $0 } >= 8 }
                return handles
            }
            for handle in handles { try await handle.signal(Errand.go, 100) }
            try await fleet.withWorker {
                WorkerComponent.workflow(Errand.self)
                step
            } body: {
                for (number, handle) in handles.enumerated() {
                    let result = try await handle.result()
                    #expect(result == number + 102)
                }
            }
        }
    }
}
