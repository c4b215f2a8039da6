import Aloft
import Foundation
import InMemoryTracing
import Testing

/// What an execution waits for is told in the order in which the code came to wait, with the place in the code.
@Suite struct WaitTests {
    struct Waiting: Workflow {
        func run(_ context: WorkflowContext) async throws {
            try await withThrowingTaskGroup { group in
                group.addTask { _ = try await context.receive(Signals.text) }
                group.addTask { try await context.activity(Reference.work, "a") }
                group.addTask { try await context.until { false } }
                group.addTask { try await context.sleep(until: Date(timeIntervalSince1970: 90), name: "cool down") }
                group.addTask { for try await _ in context.signals(Signals.number) {} }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: [false, true])
    func everyKind(cold: Bool) throws {
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        if cold { try engine.restart() }
        #expect(
            engine.execution.waits.map(\.text) == [
                "signal text at AloftTests/WaitTests.swift:11",
                "activity work at AloftTests/WaitTests.swift:12",
                "a condition at AloftTests/WaitTests.swift:13",
                "timer cool down, due 1970-01-01T00:01:30.000Z at AloftTests/WaitTests.swift:14",
                "signal number at AloftTests/WaitTests.swift:15",
            ]
        )
        // A wait that begins anew goes to the end; one that ended is gone.
        try engine.feed(.signal(Signals.number, 1), .completed(1, ()))
        #expect(engine.execution.waits.map(\.subject).last == "signal number")
        #expect(engine.execution.waits.count == 4)
        engine.evict()
        #expect(engine.execution.waits.isEmpty)
    }

    /// What tells the outcome of an activity from that of another which stood in its place before.
    /// Not by its headers, which name another span on each worker and none on a replay.
    @Test(arguments: [false, true], [false, true])
    func activitiesAreToldApart(cold: Bool, isTraced: Bool) throws {
        let engine = EngineHarness(Waiting.self, telemetry: isTraced ? Telemetry(tracer: InMemoryTracer()) : .off)
        let decisions = try engine.start()
        if cold { try engine.restart() }
        var scheduled = decisions.activities[0]
        #expect(scheduled.headers.isEmpty != isTraced)
        #expect(!engine.execution.awaitsAnother(than: scheduled))
        scheduled.input = try PayloadCoder().encode("b")
        #expect(engine.execution.awaitsAnother(than: scheduled))
        // Nothing is awaited there.
        scheduled.command = CommandID(7)
        #expect(!engine.execution.awaitsAnother(than: scheduled))
    }
}
