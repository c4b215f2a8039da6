import Aloft
import Foundation
import Synchronization
import Testing

/// Anybody sees what an instance waits for, and where in its code.
@Suite struct WaitingTests {
    struct Order: Workflow {
        static let approval = Signal<Void>("approval")

        func run(_ context: WorkflowContext) async throws {
            try await context.receive(Self.approval)
            let parts = (0..<20).map { part in
                context.future {
                    try await context.activity(WaitingTests.charge, part, options: WaitingTests.impatient)
                }
            }
            for part in parts { try await part.value }
            try await context.sleep(for: .seconds(3600), name: "cool down")
        }
    }

    static let impatient = ActivityOptions(
        retry: RetryPolicy(maximumAttempts: 100_000, initialInterval: .milliseconds(10), backoffCoefficient: 1)
    )
    static let charge = ActivityReference<Int, Void>("charge")

    struct Declined: Error, CustomStringConvertible { var description: String { "card declined" } }

    @Test("State and list tell what an instance waits for and where, without a worker", arguments: Setup.all)
    func told(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let mayPay = Mutex(false)
            let handle = try await fleet.client.start(Order.self, id: "order")
            @Sendable func waits() async throws -> [String] {
                let state = try await handle.state()
                let listed = try await fleet.client.instances().first { $0.instance == "order" }
                // It may have gone on between the two.
                guard listed?.waits == state.waits else { return ["on its way"] }
                return state.waits.waits.map { $0.due == nil ? $0.text : "\($0.kind) \($0.name) at \($0.place ?? "")" }
            }
            #expect(try await waits() == [])
            try await fleet.withWorker {
                Order.self
                ActivityFunction(Self.charge.name) { (_: Int) in
                    if !mayPay.withLock({ $0 }) { throw Declined() }
                }
            } body: {
                try await eventually { try await waits() == ["signal approval at LanguageTests/WaitingTests.swift:12"] }
                try await handle.signal(Order.approval)
                try await eventually {
                    try await waits() == ["20 × activity charge at LanguageTests/WaitingTests.swift:15"]
                }
                // With what is in flight: the attempt, when the next one is, and why the last one failed.
                let pending = try await handle.pendingActivities()
                #expect(pending.count == 20)
            }
            // No worker is there, and it is told all the same.
            #expect(try await waits() == ["20 × activity charge at LanguageTests/WaitingTests.swift:15"])
            mayPay.withLock { $0 = true }
            try await fleet.withWorker {
                Order.self
                ActivityFunction(Self.charge.name) { (_: Int) in }
            } body: {
                try await eventually {
                    try await waits() == ["timer cool down at LanguageTests/WaitingTests.swift:19"]
                }
                let due = try #require(try await handle.state().waits.waits.first?.due)
                #expect(due > (try await handle.state().createdAt) + .seconds(3599))
                try await handle.terminate()
                #expect(try await waits() == [])
            }
        }
    }
}
