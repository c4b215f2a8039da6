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

    struct Many: Workflow {
        func run(_ context: WorkflowContext, _ activities: Int) async throws {
            let options = ActivityOptions(queue: "nobody")
            let parts = (0..<activities).map { part in
                context.future {
                    try await context.activity(ActivityReference<Int, Void>("part-\(part)"), part, options: options)
                }
            }
            let children = (0..<20).map { child in
                context.future {
                    let options = SubWorkflowOptions(id: "child-\(child)", queue: "nobody")
                    try await context.subWorkflow(Order.self, options: options)
                }
            }
            for part in parts + children { try await part.value }
        }
    }

    @Test("Of many unlike things it tells the first, and how many more there are", arguments: [12, 70])
    func unlike(_ activities: Int) async throws {
        try await withFleet(Setup.all[0]) { fleet in
            let handle = try await fleet.client.start(Many.self, activities, id: "many")
            try await fleet.withWorker {
                Many.self
            } body: {
                try await eventually {
                    let waits = try await handle.state().waits
                    return waits.waits.reduce(waits.further) { $0 + $1.count } >= activities + 20
                }
            }
            let summary = try await handle.state().waits
            #expect(summary.waits.allSatisfy { $0.count == 1 && $0.kind == .activity })
            // Besides these, the code waits for the first of its futures.
            #expect(summary.waits.count + summary.further == activities + 20 + 1)
            // Of very many it is not looked for the first.
            if activities == 12 { #expect(summary.waits.first?.name == "part-0") }
        }
    }

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
