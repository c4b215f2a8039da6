import Aloft
import Testing

/// What is too large or too long: a clear error, and nothing lost.
@Suite struct LimitTests {
    static let large = String(repeating: "x", count: 1_100_000)

    struct Oversize: Workflow {
        func run(_ context: WorkflowContext, _ what: String) async throws -> String {
            do {
                switch what {
                case "activity": try await context.activity(ActivityReference<String, Void>("take"), LimitTests.large)
                case "child": try await context.subWorkflow(WorkflowReference<String, Void>("Any"), LimitTests.large)
                case "signal": try await context.signal("somebody", Signal<String>("s"), LimitTests.large)
                case "side effect": _ = try await context.sideEffect { LimitTests.large }
                case "result": return LimitTests.large
                case "continue": throw context.continueAsNew(LimitTests.large)
                default: break
                }
            } catch let error as PayloadError {
                // Goes on as if nothing had been.
                try await context.sleep(for: .milliseconds(1))
                return "refused: \(error.message.contains("1048576"))"
            }
            return "accepted"
        }
    }

    @Test(
        "A payload above the limit is an error of the call that made it",
        arguments: Setup.all,
        ["activity", "child", "signal", "side effect", "continue"]
    )
    func calls(_ setup: Setup, _ what: String) async throws {
        try await withFleet(setup) {
            Oversize.self
        } body: { fleet in
            let result = try await fleet.client.start(Oversize.self, what).result()
            #expect(result == "refused: true")
        }
    }

    @Test(
        "A result above the limit fails the workflow",
        arguments: Setup.all
    )
    func ends(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Oversize.self
        } body: { fleet in
            let error = await #expect(throws: WorkflowError.self) {
                try await fleet.client.start(Oversize.self, "result").result()
            }
            #expect(error?.status == .failed)
            #expect(error?.message.contains("1048576") == true)
        }
    }

    @Test("An input or a signal above the limit is refused to its sender", arguments: Setup.all)
    func senders(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            await #expect { try await fleet.client.start(Oversize.self, Self.large) } throws: {
                ($0 as? StoreError)?.code == .payloadTooLarge
            }
            let handle = try await fleet.client.start(Oversize.self, "x")
            await #expect { try await handle.signal(Signal<String>("s"), Self.large) } throws: {
                ($0 as? StoreError)?.code == .payloadTooLarge
            }
            #expect(try await handle.state().historyLength == 0)
        }
    }

    struct BadNames: Workflow {
        func run(_ context: WorkflowContext) async throws -> [String] {
            var errors: [String] = []
            func note(_ body: () async throws -> Void) async throws {
                do { try await body() } catch let error as StoreError { errors.append("\(error.code)") }
            }
            try await note { try await context.activity(ActivityReference<Void, Void>(""), ()) }
            try await note {
                try await context.activity(ActivityReference<Void, Void>("a"), (), options: .init(queue: "a\n"))
            }
            try await note { try await context.signal("", Signal<Void>("s")) }
            try await note {
                try await context.subWorkflow(WorkflowReference<Void, Void>("w"), options: .init(id: "\u{7f}"))
            }
            return errors
        }
    }

    @Test("Names that cannot be used are errors of the call", arguments: Setup.all)
    func names(_ setup: Setup) async throws {
        try await withFleet(setup) {
            BadNames.self
        } body: { fleet in
            let errors = try await fleet.client.start(BadNames.self).result()
            #expect(errors == Array(repeating: "invalid identifier", count: 4))
        }
    }

    struct Endless: Workflow {
        func run(_ context: WorkflowContext) async throws {
            while true { try await context.sleep(for: .milliseconds(1)) }
        }
    }

    @Test(
        "A history at its limit stops the instance, unharmed and marked; a higher limit or a termination helps",
        arguments: Setup.all
    )
    func history(_ setup: Setup) async throws {
        try await withFleet(setup, historyLimit: 20) { fleet in
            try await fleet.withWorker({ Endless.self }) {
                let handle = try await fleet.client.start(Endless.self)
                try await eventually { try await handle.state().problem?.contains("20") == true }
                let state = try await handle.state()
                #expect(state.status == .running)
                #expect(state.historyLength <= 20)
                try await handle.terminate()
                #expect(try await handle.status() == .terminated)
            }
        }
    }

    @Test("A long history is logged once as a warning, at a fifth of the limit")
    func warning() async throws {
        let setup = Setup(backend: .memory, isResident: true)
        try await withFleet(setup, historyLimit: 100) { fleet in
            let logs = LogRecorder()
            try await fleet.withWorker(logger: logs.logger) {
                Endless.self
            } body: {
                let handle = try await fleet.client.start(Endless.self)
                try await eventually { try await handle.state().historyLength > 40 }
                try await handle.terminate()
                let warnings = logs.lines.filter { $0.contains("history") }
                #expect(warnings.count == 1, "\(warnings)")
                #expect(warnings.first?.contains("continue as new") == true)
            }
        }
    }
}
