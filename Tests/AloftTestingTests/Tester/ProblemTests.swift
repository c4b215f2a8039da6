import Aloft
import AloftTesting
import Foundation
import Synchronization
import Testing

/// Whatever would hang or go wrong unseen is an error that says what is the matter.
@Suite struct ProblemTests {
    private func problem(
        _ code: TesterError.Code,
        of body: () async throws -> Void,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws -> String {
        let error = try await #require(throws: TesterError.self, sourceLocation: sourceLocation) { try await body() }
        #expect(error.code == code, sourceLocation: sourceLocation)
        return error.message
    }

    @Test("A wait that nothing can end")
    func waitsForEver() async throws {
        let tester = WorkflowTester()
        let message = try await problem(.waitsForEver) { _ = try await tester.run(Patient.self, id: "p") }
        #expect(message.hasPrefix("Patient (p) waits for ever: for signal word at AloftTestingTests/Samples.swift:"))
        #expect(message.contains("the time is 2026-01-01T00:00:00Z"))
        #expect(message.hasSuffix("history: 1 start of Patient"))
        // It is unharmed: a test may go on.
        try await tester.signal(Patient.word, "go")
        try await tester.advance(by: .zero)
        #expect(try await tester.state().status == .completed)
    }

    @Test("An activity without mock and registration")
    func unknownActivity() async throws {
        let tester = WorkflowTester()
        tester.register { Ping() }
        tester.mock(ActivityReference<Int, Int>("double")) { $0 }
        let instance = try await tester.start(Purchase.self, Order(), id: "p")
        for _ in 0..<2 {
            let message = try await problem(.unknownType) { _ = try await instance.result() }
            #expect(message.hasPrefix("activity Charge of Purchase (p) is neither mocked nor registered"))
            #expect(message.hasSuffix("Mocked: double; registered: Ping"))
        }
        #expect(try await tester.state().problem?.contains("activity Charge") == true)
        // A test may make good for it.
        tester.mock(Charge.self) { (_: Order) in Receipt(amount: 3) }
        #expect(try await instance.result() == Receipt(amount: 3))
    }

    @Test("A workflow that nobody knows")
    func unknownWorkflow() async throws {
        let tester = WorkflowTester()
        let message = try await problem(.unknownType) {
            _ = try await tester.run(WorkflowReference<Int, Int>("Shipping"), 1, id: "s")
        }
        #expect(message.hasPrefix("workflow Shipping of instance s is neither registered nor mocked"))
        #expect(message.hasSuffix("Mocked: none; registered: none"))
    }

    @Test("Two under one name")
    func duplicates() async throws {
        let tester = WorkflowTester()
        tester.register { Charge() }
        tester.register { Charge() }
        await #expect(throws: RegistrationError.self) { try await tester.run(Purchase.self, Order()) }
    }

    @Test("A run beyond its time limit")
    func timeLimit() async throws {
        let tester = WorkflowTester(timeLimit: .seconds(100))
        #expect(try await tester.run(Sleeper.self, 100) == 100)
        let message = try await problem(.timeLimit) { _ = try await tester.run(Sleeper.self, 101, id: "s") }
        #expect(message.hasPrefix("instance s has not ended after 100.0 seconds of virtual time"))
        #expect(message.contains("due at 2026-01-01T00:03:21Z"))
    }

    struct Treadmill: Workflow {
        func run(_ context: WorkflowContext) async throws {
            while true { _ = try await context.activity(Ping.self) }
        }
    }

    @Test("A loop without end")
    func stepLimit() async throws {
        let tester = WorkflowTester(stepLimit: 50)
        tester.register { Ping() }
        let message = try await problem(.stepLimit) { try await tester.run(Treadmill.self) }
        #expect(message.hasPrefix("after 50 workflow tasks, activities and callbacks there is still something to do"))
        #expect(message.contains("activity Ping, activity Ping"))
    }

    /// Decides by something that no replay can repeat.
    struct Fickle: Workflow {
        static let runs = Mutex(0)

        func run(_ context: WorkflowContext) async throws {
            let run = Self.runs.withLock { runs in
                runs += 1
                return runs
            }
            try await context.sleep(for: .seconds(run), name: "run \(run)")
        }
    }

    @Test("Code that does something else when it is run again")
    func nondeterminism() async throws {
        let tester = WorkflowTester()
        let message = try await problem(.taskFailed) { try await tester.run(Fickle.self, id: "f") }
        #expect(
            message.hasPrefix("Fickle (f): nondeterministic workflow code: event 2 of the history is timer #1 run ")
        )
        #expect(message.contains("ProblemTests.swift:"))
    }

    struct Foreign: Workflow {
        func run(_ context: WorkflowContext, _ withTimer: Bool) async throws {
            async let timer: Void = withTimer ? context.sleep(for: .seconds(5)) : ()
            // Long enough to suspend before it is over: otherwise nothing foreign resumes the code.
            try await Task.sleep(for: .milliseconds(50))
            try await timer
        }
    }

    @Test("Code that awaits something outside its context", arguments: [true, false], [true, false])
    func foreign(_ withTimer: Bool, _ replays: Bool) async throws {
        let tester = WorkflowTester(replaysEveryTask: replays)
        let message = try await problem(.taskFailed) { try await tester.run(Foreign.self, withTimer) }
        #expect(
            message.contains("awaited something outside its context") || message.contains("it awaits something outside")
        )
    }

    struct Spinner: Workflow {
        func run(_ context: WorkflowContext) async throws {
            while true { try await context.sleep(for: .zero) }
        }
    }

    @Test("Code that never comes to rest")
    func endlessLoop() async throws {
        let tester = WorkflowTester()
        let message = try await problem(.taskFailed) { try await tester.run(Spinner.self) }
        #expect(message.contains("without coming to rest"))
    }

    struct Parent: Workflow {
        func run(_ context: WorkflowContext) async throws -> String { try await context.subWorkflow(Patient.self) }
    }

    @Test("A parent that waits for a sub-workflow which waits for ever")
    func familyWaits() async throws {
        let tester = WorkflowTester()
        tester.register { Patient.self }
        let message = try await problem(.waitsForEver) { _ = try await tester.run(Parent.self, id: "p") }
        #expect(message.hasPrefix("Parent (p) waits for ever: for sub-workflow Patient ("))
        #expect(
            message.contains("; Patient (execution-1.1) waits too: for signal word at AloftTestingTests/Samples.swift:")
        )
    }

    @Test("A sub-workflow that is neither registered nor mocked")
    func unknownSubWorkflow() async throws {
        let tester = WorkflowTester()
        tester.mock(Ping.self) { "" }
        let message = try await problem(.unknownType) { _ = try await tester.run(Parent.self, id: "p") }
        #expect(message.contains("which p started as a sub-workflow, is neither registered nor mocked"))
        #expect(message.hasSuffix("Mocked: none; registered: Parent"))
    }

    @Test("A test that is cancelled ends")
    func cancelled() async throws {
        let tester = WorkflowTester()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await tester.run(Sleeper.self, 1)
        }
        await #expect(throws: (any Error).self) { try await task.value }
    }
}
