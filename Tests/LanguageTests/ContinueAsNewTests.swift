import Aloft
import Testing

/// Continue-as-new: a fresh history under the same id.
@Suite struct ContinueAsNewTests {
    struct Countdown: Workflow {
        func run(_ context: WorkflowContext, _ left: Int) async throws -> String {
            guard left > 0 else { return "done in \(context.historyLength)" }
            _ = try await context.sideEffect { left }
            throw context.continueAsNew(left - 1)
        }
    }

    @Test("The instance stays, the execution and the history are new", arguments: Setup.all)
    func fresh(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Countdown.self
        } body: { fleet in
            let handle = try await fleet.client.start(Countdown.self, 20)
            #expect(try await handle.result() == "done in 1")
            let history = try await handle.history()
            #expect(history.count == 2)
            guard case .started(let started)? = history.first?.body else {
                Issue.record("the history begins with \(history)")
                return
            }
            #expect(started.continuedFrom != nil)
        }
    }

    struct Adder: Workflow {
        static let number = Signal<Int>("number")
        static let text = Signal<String>("text")

        func run(_ context: WorkflowContext, _ soFar: [String]) async throws -> [String] {
            let number = try await context.receive(Self.number)
            let all = soFar + ["\(number)"]
            if all.count == 5 {
                var rest: [String] = []
                for _ in 0..<5 { rest.append(try await context.receive(Self.text)) }
                return all + rest
            }
            throw context.continueAsNew(all)
        }
    }

    @Test("Signals that were not consumed go along, in order", arguments: Setup.all)
    func signals(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let handle = try await fleet.client.start(Adder.self, [])
            for number in 0..<5 {
                try await handle.signal(Adder.number, number)
                try await handle.signal(Adder.text, "t\(number)")
            }
            try await fleet.withWorker({ Adder.self }) {
                let result = try await handle.result()
                #expect(result == (0..<5).map { "\($0)" } + (0..<5).map { "t\($0)" })
            }
        }
    }

    struct Parent: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            try await context.subWorkflow(Countdown.self, 3)
        }
    }

    @Test("A parent sees only the last result", arguments: Setup.all)
    func asChild(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Parent.self
            Countdown.self
        } body: { fleet in
            let result = try await fleet.client.start(Parent.self).result()
            #expect(result == "done in 1")
        }
    }

    struct Leaving: Workflow {
        func run(_ context: WorkflowContext, _ again: Bool) async throws -> String {
            if again {
                // Both are left behind: a timer that would fire, and an activity whose outcome would come.
                context.future { try await context.sleep(for: .milliseconds(20)) }
                context.future { try await context.activity(ActivityReference<Void, Int>("slow"), ()) }
                _ = try? await context.timeout(.milliseconds(1)) { try await context.receive(Signal<Void>("never")) }
                throw context.continueAsNew(false)
            }
            // Whatever the first execution left behind must not reach this one.
            try await context.sleep(for: .milliseconds(40))
            return "alone"
        }
    }

    @Test("Nothing of the old execution reaches the new one", arguments: Setup.all)
    func alone(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Leaving.self
            ActivityFunction("slow") { 1 }
        } body: { fleet in
            let handle = try await fleet.client.start(Leaving.self, true)
            #expect(try await handle.result() == "alone")
            let kinds = try await handle.history().map(\.body.command)
            #expect(kinds.count == 4)
        }
    }

    struct Wrong: Workflow {
        func run(_ context: WorkflowContext, _ number: Int) async throws -> Int {
            if number == 0 { throw context.continueAsNew("not a number") }
            do { throw context.continueAsNew(0) } catch {}
            return number
        }
    }

    @Test("An input of another type fails the workflow; an error that is caught does nothing", arguments: Setup.all)
    func misuse(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Wrong.self
        } body: { fleet in
            let result = try await fleet.client.start(Wrong.self, 3).result()
            #expect(result == 3)
            let error = await #expect(throws: WorkflowError.self) {
                try await fleet.client.start(Wrong.self, 0).result()
            }
            #expect(error?.message.contains("Int") == true)
        }
    }

    struct Stubborn: Workflow {
        func run(_ context: WorkflowContext, _ round: Int) async throws -> Int {
            if round > 0 {
                try await context.sleep(for: .seconds(3600))
            } else {
                try? await context.sleep(for: .seconds(3600))
                throw context.continueAsNew(round + 1)
            }
            return round
        }
    }

    @Test("A request to cancel is not lost by continuing", arguments: Setup.all)
    func cancel(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Stubborn.self
        } body: { fleet in
            let handle = try await fleet.client.start(Stubborn.self, 0)
            try await eventually { try await handle.state().historyLength == 2 }
            try await handle.cancel()
            let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
            #expect(error?.status == .cancelled)
        }
    }

    @Test("A thousand times over", arguments: Setup.all.filter(\.isResident))
    func thousand(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Countdown.self
        } body: { fleet in
            let handle = try await fleet.client.start(Countdown.self, 1_000)
            #expect(try await handle.result() == "done in 1")
            #expect(try await handle.history().count == 2)
        }
    }
}
