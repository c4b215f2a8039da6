import Aloft
import AloftTesting
import Foundation
import Testing

@Suite struct TesterSubWorkflowTests {
    struct Shipping: Workflow {
        static let label = Signal<String>("label")

        func run(_ context: WorkflowContext, _ order: Order) async throws -> String {
            "shipped with \(try await context.receive(Self.label))"
        }
    }

    struct Shop: Workflow {
        func run(_ context: WorkflowContext, _ order: Order) async throws -> String {
            do {
                return try await context.subWorkflow(Shipping.self, order, options: SubWorkflowOptions(id: "shipping"))
            } catch let error as SubWorkflowError {
                return "failed with \(error.type)"
            }
        }
    }

    @Test("A real sub-workflow runs, and a callback signals it by its id")
    func real() async throws {
        let tester = WorkflowTester()
        tester.register { Shipping.self }
        tester.after(.seconds(60)) { try await $0.signal(Shipping.label, "L1", to: "shipping") }
        tester.expect(Shipping.self)
        #expect(try await tester.run(Shop.self, Order()) == "shipped with L1")
        #expect(tester.instances(of: Shipping.self) == ["shipping"])
        #expect(try await tester.state(of: "shipping").parent?.instance == "Shop-1")
    }

    @Test("A closure stands in for a sub-workflow")
    func mocked() async throws {
        let tester = WorkflowTester()
        tester.register { Shipping.self }
        tester.mock(Shipping.self) { (order: Order) in "mocked \(order.id)" }
        tester.expect(Shipping.self) { $0.id == 1 }
        #expect(try await tester.run(Shop.self, Order()) == "mocked 1")
        #expect(
            tester.log.map(\.description) == [
                "workflow Shop started", "workflow Shipping started", "workflow Shipping completed",
                "workflow Shop completed",
            ]
        )
    }

    @Test("A mock may fail, by a closure or one result after the other")
    func failing() async throws {
        let tester = WorkflowTester()
        tester.mock(Shipping.self) { (_: Order) in throw Declined() }
        #expect(try await tester.run(Shop.self, Order()) == "failed with Declined")
        tester.mock(Shipping.self, results: .failure(Busy()))
        #expect(try await tester.run(Shop.self, Order(), options: StartOptions()) == "failed with Busy")
        let error = try await #require(throws: TesterError.self) { try await tester.run(Shop.self, Order()) }
        #expect(error.code == .unexpectedCall)
        #expect(error.message.contains("the mock of workflow Shipping at AloftTestingTests/SubWorkflowTests.swift:"))
    }

    @Test("A mock may take time, and ends as cancelled if it is cancelled before")
    func duration() async throws {
        let tester = WorkflowTester()
        tester.mock(Shipping.self, takes: .seconds(600)) { (_: Order) in "slow" }
        #expect(try await tester.run(Shop.self, Order()) == "slow")
        #expect(tester.now == WorkflowTester.defaultInitialTime.addingTimeInterval(600))

        tester.after(.seconds(10)) { try await $0.cancel() }
        let error = try await #require(throws: WorkflowError.self) { try await tester.run(Shop.self, Order()) }
        #expect(error.status == .cancelled)
        #expect(try await tester.state(of: "shipping").status == .cancelled)
        #expect(tester.now == WorkflowTester.defaultInitialTime.addingTimeInterval(610))
    }

    @Test("What the test starts itself runs its real code, though sub-workflows of its name are mocked")
    func underTest() async throws {
        let tester = WorkflowTester()
        tester.mock(Shipping.self) { (_: Order) in "mocked" }
        tester.after(.seconds(1)) { try await $0.signal(Shipping.label, "L2") }
        #expect(try await tester.run(Shipping.self, Order()) == "shipped with L2")
    }

    struct Counter: Workflow {
        static let more = Signal<Int>("more")

        func run(_ context: WorkflowContext, _ sum: Int) async throws -> Int {
            guard sum < 10 else { return sum }
            throw context.continueAsNew(sum + (try await context.receive(Self.more)))
        }
    }

    @Test("An instance that continues as new runs on to its result, and its signals go along")
    func continued() async throws {
        let tester = WorkflowTester()
        tester.after(.seconds(1)) { run in
            for number in [1, 4, 5] { try await run.signal(Counter.more, number) }
        }
        #expect(try await tester.run(Counter.self, 0) == 10)
        #expect(tester.log.count { $0.kind == .workflowStarted } == 1)
        #expect(tester.log.count { $0.kind == .workflowContinued } == 3)
        #expect(try tester.inputs(of: Counter.self) == [0])
    }

    struct Messenger: Workflow {
        func run(_ context: WorkflowContext) async throws { try await context.signal("patient", Patient.word, "hello") }
    }

    @Test("Instances signal each other")
    func signals() async throws {
        let tester = WorkflowTester()
        let patient = try await tester.start(Patient.self, id: "patient")
        try await tester.run(Messenger.self)
        #expect(try await patient.result() == "hello")
    }

    struct Careless: Workflow {
        func run(_ context: WorkflowContext) async throws {
            _ = try await context.startSubWorkflow(Patient.self, options: SubWorkflowOptions(id: "left"))
        }
    }

    @Test("A sub-workflow whose parent has ended is closed before the run ends")
    func parentClose() async throws {
        let tester = WorkflowTester()
        tester.register { Patient.self }
        try await tester.run(Careless.self)
        #expect(try await tester.state(of: "left").status == .cancelled)
    }
}
