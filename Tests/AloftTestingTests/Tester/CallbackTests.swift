import Aloft
import AloftTesting
import Foundation
import Testing

@Suite struct CallbackTests {
    @Test("A callback signals at its time")
    func signal() async throws {
        let tester = WorkflowTester()
        tester.register { Charge() }
        tester.after(.seconds(3600)) { run in try await run.signal(Fulfilment.approval, Approval(by: "x")) }
        #expect(try await tester.run(Fulfilment.self, Order()) == Receipt(amount: 10))
        #expect(tester.now == WorkflowTester.defaultInitialTime.addingTimeInterval(3600))
        #expect(tester.log.map(\.description).contains("signal approval"))
    }

    @Test("One that comes too late finds the timeout, which goes before it at the same moment")
    func late() async throws {
        let tester = WorkflowTester()
        tester.after(.seconds(86_400)) { run in try await run.signal(Fulfilment.approval, Approval(by: "x")) }
        let error = try await #require(throws: WorkflowError.self) { try await tester.run(Fulfilment.self, Order()) }
        #expect(error.type == "TimeoutError")
    }

    @Test("A callback cancels")
    func cancel() async throws {
        let tester = WorkflowTester()
        tester.after(.seconds(5)) { try await $0.cancel(reason: "enough") }
        let error = try await #require(throws: WorkflowError.self) { try await tester.run(Patient.self) }
        #expect(error.status == .cancelled)
        #expect(tester.log.map(\.description).contains("cancel of Patient"))
    }

    @Test("Callbacks look at what is there, set others, and start instances")
    func looks() async throws {
        let tester = WorkflowTester()
        let seen = Notes<String>()
        tester.after(.seconds(1)) { run in
            seen.add("\(try await run.state().status), \(try await run.history().count) events")
            run.after(.seconds(1)) { run in
                try await run.start(Sleeper.self, 1, id: "other")
                try await run.signal(Patient.word, "go")
            }
        }
        tester.at(WorkflowTester.defaultInitialTime.addingTimeInterval(1)) { _ in seen.add("second") }
        #expect(try await tester.run(Patient.self) == "go")
        #expect(seen.entries == ["running, 1 events", "second"])
        #expect(try await tester.state(of: "other").status == .running)
        try await tester.advance(by: .seconds(1))
        #expect(try await tester.state(of: "other").status == .completed)
        #expect(try await tester.state().instance == "Patient-1", "the one that the test started")
    }

    @Test("What a callback throws ends the run and says where and when")
    func throwing() async throws {
        let tester = WorkflowTester()
        tester.after(.seconds(60)) { _ in throw Declined() }
        let error = try await #require(throws: TesterError.self) { try await tester.run(Patient.self) }
        #expect(error.code == .callbackFailed)
        #expect(error.underlying is Declined)
        #expect(error.message.hasPrefix("the callback at AloftTestingTests/CallbackTests.swift:"))
        #expect(error.message.contains("threw at 2026-01-01T00:01:00Z: Declined()"))
    }

    @Test("One that is due after the end is left for later")
    func leftOver() async throws {
        let tester = WorkflowTester()
        let seen = Notes<String>()
        tester.after(.seconds(10)) { _ in seen.add("late") }
        _ = try await tester.run(Sleeper.self, 5)
        #expect(seen.entries.isEmpty)
        try await tester.advance(by: .seconds(5))
        #expect(seen.entries == ["late"])
    }

    @Test("A callback may not run the tester it is called by")
    func busy() async throws {
        let tester = WorkflowTester()
        tester.after(.seconds(1)) { try await $0.advance(by: .seconds(1)) }
        let error = try await #require(throws: TesterError.self) { try await tester.run(Patient.self) }
        #expect(error.code == .busy)
        // The tester itself is free again.
        try await tester.signal(Patient.word, "go")
        try await tester.advance(by: .zero)
        #expect(try await tester.state().status == .completed)
    }

    @Test("Without an instance there is nobody to signal")
    func nobody() async throws {
        let error = try await #require(throws: TesterError.self) { try await WorkflowTester().cancel() }
        #expect(error.code == .misuse)
    }
}
