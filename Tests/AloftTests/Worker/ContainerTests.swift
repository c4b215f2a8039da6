import Aloft
import AloftCore
import Logging
import Testing

/// Containers of activities, written by hand: what `@Activities` writes is no more than this.
@Suite struct ContainerTests {
    struct Payments: ActivityContainer {
        let gateway: String

        static let charge = ActivityReference<Int, String>("Payments.charge")
        static let refund = ActivityReference<String, Void>("Payments.refund")

        var activityMethods: [ActivityMethod] {
            [
                ActivityMethod(Self.charge, method: "charge(_:)") { _, amount in "\(gateway) \(amount)" },
                ActivityMethod(Self.refund, method: "refund(_:)") { _, _ in },
            ]
        }

        struct Stub: ActivityStub {
            let caller: ActivityCaller
            init(_ caller: ActivityCaller) { self.caller = caller }

            func charge(_ amount: Int, fileID: StaticString = #fileID, line: UInt = #line) async throws -> String {
                try await caller.call(Payments.charge, amount, fileID: fileID, line: line)
            }
            func refund(_ receipt: String, fileID: StaticString = #fileID, line: UInt = #line) async throws {
                try await caller.call(Payments.refund, receipt, fileID: fileID, line: line)
            }
        }
    }

    struct Paying: Workflow {
        static let name = "Paying"
        func run(_ context: WorkflowContext, _ amount: Int) async throws -> String {
            let payments = context.activities(
                Payments.self,
                options: ActivityOptions(
                    queue: "money",
                    retry: .none,
                    startToCloseTimeout: .seconds(30)
                )
            )
            let receipt = try await payments.charge(amount)
            try await payments.refund(receipt)
            return receipt
        }
    }

    /// The call is one activity with one input, under the options of the stub.
    @Test func callsScheduleActivities() throws {
        let harness = EngineHarness(Paying.self)
        let decisions = try harness.start(7)
        guard case .activityScheduled(let scheduled) = decisions.events.last?.body else {
            Issue.record("no activity was scheduled")
            return
        }
        #expect(scheduled.name == "Payments.charge")
        #expect(try scheduled.input == payload(7))
        #expect(scheduled.queue == "money")
        #expect(scheduled.retry == .none)
        #expect(scheduled.startToCloseTimeout == .seconds(30))
        try harness.feed(.completed(1, "receipt"))
        try harness.feed(.completed(2, ()))
        #expect(try harness.completion?.value() == "receipt")
        try harness.restart()
    }

    /// No limit unless one is set.
    @Test func noTimeoutByDefault() throws {
        struct Plain: Workflow {
            func run(_ context: WorkflowContext) async throws { _ = try await context.activity(Reference.double, 1) }
        }
        let decisions = try EngineHarness(Plain.self).start()
        guard case .activityScheduled(let scheduled) = decisions.events.last?.body else {
            Issue.record("no activity was scheduled")
            return
        }
        #expect(scheduled.startToCloseTimeout == nil)
    }

    struct OtherPaying: Workflow {
        static let name = "Paying"
        static let line = #line + 2
        func run(_ context: WorkflowContext, _ amount: Int) async throws -> String {
            try await context.activities(Payments.self).refund("\(amount)")
            return ""
        }
    }

    /// What the engine says of a call names the line of the workflow, not that of the stub.
    @Test func messagesNameTheCall() throws {
        let harness = EngineHarness(Paying.self)
        try harness.start(7)
        let failure = try taskFailure { try harness.deploy(OtherPaying.self) }
        #expect(failure.message.contains("Payments.refund at AloftTests/ContainerTests.swift:\(OtherPaying.line)"))
    }

    struct Refunds: ActivityContainer {
        var activityMethods: [ActivityMethod] {
            [ActivityMethod(Payments.refund, method: "giveBack(_:)") { _, _ in }]
        }
        struct Stub: ActivityStub { init(_ caller: ActivityCaller) {} }
    }

    struct Refund: Activity {
        static let name = "Payments.refund"
        func run(_ context: ActivityContext, _ receipt: String) async throws {}
    }

    private static func registrationError(@WorkerBuilder _ components: () -> [WorkerComponent]) async throws -> String {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let worker = Worker(store: StubStore(), logger: quiet, components)
        return try await #require(throws: RegistrationError.self) { try await worker.run() }.message
    }

    @Test func twoContainersWithOneName() async throws {
        let message = try await Self.registrationError {
            Payments(gateway: "bank")
            Refunds()
        }
        #expect(
            message == """
                two activities are registered under the name "Payments.refund": \
                AloftTests.ContainerTests.Payments.refund(_:) and AloftTests.ContainerTests.Refunds.giveBack(_:); \
                give one of them another name
                """
        )
    }

    @Test func containerAndActivityWithOneName() async throws {
        let message = try await Self.registrationError {
            Refund()
            Payments(gateway: "bank")
        }
        #expect(message.contains("AloftTests.ContainerTests.Refund and AloftTests.ContainerTests.Payments.refund(_:)"))
    }

    @Test func containerAndClosureWithOneName() async throws {
        let message = try await Self.registrationError {
            ActivityFunction("Payments.charge") { (amount: Int) in "\(amount)" }
            Payments(gateway: "bank")
        }
        #expect(message.contains("the closure \"Payments.charge\" and AloftTests.ContainerTests.Payments.charge(_:)"))
    }

    @Test func twoWorkflowsWithOneName() async throws {
        let message = try await Self.registrationError {
            Paying.self
            OtherPaying.self
        }
        #expect(message.contains("two workflows are registered under the name \"Paying\""))
        #expect(message.contains("ContainerTests.Paying and AloftTests.ContainerTests.OtherPaying"))
    }

    @Test func unusableNames() async throws {
        let message = try await Self.registrationError {
            ActivityFunction("") { (amount: Int) in "\(amount)" }
        }
        #expect(message.contains("cannot be registered"))
    }
}
