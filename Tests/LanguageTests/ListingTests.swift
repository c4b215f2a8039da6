import Aloft
import Foundation
import Testing

/// Finding instances, and what waits where.
@Suite struct ListingTests {
    struct Ends: Workflow {
        struct Bad: Error {}

        func run(_ context: WorkflowContext, _ isGood: Bool) async throws {
            if !isGood { throw Bad() }
        }
    }

    struct Waits: Workflow {
        static let go = Signal<Void>("go")
        func run(_ context: WorkflowContext) async throws { try await context.receive(Self.go) }
    }

    @Test("Lists are newest first, in pages, and can be filtered", arguments: Setup.all)
    func list(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Ends.self
            Waits.self
        } body: { fleet in
            var started: [InstanceID] = []
            for number in 0..<12 {
                let id = InstanceID("ends-\(number)")
                let handle = try await fleet.client.start(Ends.self, number % 3 != 0, id: id)
                _ = try? await handle.result()
                started.append(id)
            }
            let waiting = try await fleet.client.start(Waits.self, id: "waits")
            _ = try await fleet.client.start(Waits.self, id: "elsewhere", queue: "nobody")
            started += ["waits", "elsewhere"]

            func list(_ filter: InstanceFilter = InstanceFilter()) async throws -> [InstanceState] {
                try await fleet.client.instances(matching: filter, pageSize: 5).reduce(into: []) { $0.append($1) }
            }
            let all = try await list()
            #expect(Set(all.map(\.instance)) == Set(started))
            #expect(all.count == started.count)
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.createdAt >= $1.createdAt })
            #expect(
                Set(try await list(.init(statuses: [.failed])).map(\.instance)) == [
                    "ends-0", "ends-3", "ends-6", "ends-9",
                ]
            )
            #expect(try await list(.init(statuses: [.running], workflow: "Waits")).count == 2)
            #expect(try await list(.init(queue: "nobody")).map(\.instance) == ["elsewhere"])
            let moment = try await waiting.state().createdAt
            #expect(try await list(.init(createdAfter: moment)).map(\.instance).contains("waits"))
            #expect(try await !list(.init(createdBefore: moment)).map(\.instance).contains("waits"))

            let counts = try await fleet.client.instanceCounts()
            #expect(counts[.running] == 2)
            #expect(counts[.failed] == 4)
            #expect(counts[.completed] == 8)
        }
    }

    @Test("Queues show how much waits, since when, and who serves them", arguments: Setup.all)
    func queues(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            for number in 0..<3 {
                try await fleet.client.start(Waits.self, id: InstanceID("w\(number)"), queue: "busy")
            }
            let waiting = try #require(try await fleet.client.queueStates().first { $0.queue == "busy" })
            #expect(waiting.workflowTasks == 3)
            #expect(waiting.activityTasks == 0)
            #expect(waiting.workers == 0)
            let oldest = try await fleet.client.handle("w0", of: Waits.self).state().createdAt
            let since = try #require(waiting.oldestWorkflowTask)
            #expect(since - oldest >= .zero && since - oldest < .seconds(5))
            try await fleet.withWorker(queues: ["busy"]) {
                Waits.self
            } body: {
                try await eventually {
                    try await fleet.client.queueStates().first { $0.queue == "busy" }?.workflowTasks == 0
                }
                let served = try await fleet.client.queueStates().first { $0.queue == "busy" }
                #expect(served?.workers == 1)
                #expect(served?.oldestWorkflowTask == nil)
            }
        }
    }
}
