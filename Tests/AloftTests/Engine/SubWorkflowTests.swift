import Aloft
import Testing

/// Sub-workflows as the code of their parent sees them.
@Suite struct SubWorkflowTests {
    struct Shipping: Workflow {
        static let name = "Shipping"
        func run(_ context: WorkflowContext, _ order: Int) async throws -> String { "shipped \(order)" }
    }

    struct Sweeping: Workflow {
        func run(_ context: WorkflowContext) async throws {}
    }

    struct Parent: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            try await context.subWorkflow(Shipping.self, 7)
        }
    }

    @Test(arguments: [false, true])
    func result(cold: Bool) throws {
        let engine = EngineHarness(Parent.self)
        let first = try engine.start()
        let scheduled = try #require(first.subWorkflows.first)
        #expect(scheduled.workflow == "Shipping")
        #expect(scheduled.input == (try payload(7)))
        #expect(scheduled.instance == "execution-1.1")
        #expect(scheduled.closePolicy == .cancel)
        #expect(scheduled.queue == nil)
        #expect(
            engine.execution.waits.map(\.text)
                == ["sub-workflow Shipping (execution-1.1) at AloftTests/SubWorkflowTests.swift:17"]
        )
        if cold { try engine.restart() }
        let last = try engine.feed(.subWorkflowCompleted(scheduled.command, payload("done")))
        #expect(try last.completion?.value() == "done")
        try engine.checkReplays()
    }

    /// Everything that can be chosen reaches the event.
    @Test func options() throws {
        struct Choosing: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let options = SubWorkflowOptions(
                    id: "sweep-1",
                    queue: "brooms",
                    closePolicy: .abandon,
                    retention: .seconds(5),
                    executionTimeout: .seconds(60),
                    memo: ["floor": "2"]
                )
                try await context.subWorkflow(Sweeping.self, options: options)
                try await context.subWorkflow(WorkflowReference<Int, Void>("Other"), 3)
                try await context.subWorkflow(WorkflowReference<Void, Void>("Plain"))
            }
        }
        let engine = EngineHarness(Choosing.self)
        let swept = try #require(engine.start().subWorkflows.first)
        #expect(swept.instance == "sweep-1")
        #expect(swept.queue == "brooms")
        #expect(swept.closePolicy == .abandon)
        #expect(swept.retention == .seconds(5))
        #expect(swept.executionTimeout == .seconds(60))
        #expect(swept.memo == ["floor": "2"])
        #expect(swept.input == .none)
        let other = try #require(engine.feed(.subWorkflowCompleted(swept.command, .none)).subWorkflows.first)
        #expect(other.workflow == "Other")
        let plain = try #require(engine.feed(.subWorkflowCompleted(other.command, .none)).subWorkflows.first)
        #expect(plain.workflow == "Plain")
        #expect(try engine.feed(.subWorkflowCompleted(plain.command, .none)).completion?.status == .completed)
        try engine.checkReplays()
    }

    /// The error keeps what the sub-workflow threw, and fails the parent with it if nobody catches it. What became of the
    /// sub-workflow is not said of the parent: it has but thrown.
    @Test(arguments: [Failure.Kind.thrown, .alreadyExists, .terminated, .timeout, .cancelled])
    func failure(kind: Failure.Kind) throws {
        struct Catching: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                do { return try await context.subWorkflow(Shipping.self, 7) } catch let error as SubWorkflowError {
                    Probe.note("\(error.workflow) \(error.instance) \(error.failure.kind) \(error.type)")
                    throw error
                }
            }
        }
        let engine = EngineHarness(Catching.self)
        let command = try #require(engine.start().subWorkflows.first?.command)
        let failure = Failure(kind: kind, type: "Lost", message: "at sea", causes: [.init(type: "Storm", message: "")])
        let last = try engine.feed(.subWorkflowFailed(command, failure))
        #expect(engine.journal.entries == ["Shipping execution-1.1 \(kind) Lost"])
        var passedOn = failure
        if kind != .timeout { passedOn.kind = .thrown }
        #expect(last.completion == .failed(passedOn))
        try engine.checkReplays()
    }

    /// A handle is awaited later, again, and by several tasks; each is told, in the order in which they came.
    @Test(arguments: [false, true])
    func handle(cold: Bool) throws {
        struct Several: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let handle = try await context.startSubWorkflow(Shipping.self, 1)
                try await context.activity(Reference.work, "between")
                try await withThrowingTaskGroup { group in
                    for number in 0..<3 { group.addTask { Probe.note("\(number) \(try await handle.result())") } }
                    try await group.waitForAll()
                }
                return [try await handle.result(), handle.instance.rawValue]
            }
        }
        let engine = EngineHarness(Several.self)
        let first = try engine.start()
        #expect(first.subWorkflows.count == 1)
        #expect(first.activities.count == 1)
        if cold { try engine.restart() }
        try engine.feed(.completed(2, ()))
        #expect(engine.execution.waitCount == 3)
        if cold { try engine.restart() }
        engine.journal.clear()
        let last = try engine.feed(.subWorkflowCompleted(CommandID(1), payload("x")))
        #expect(engine.journal.entries == ["0 x", "1 x", "2 x"])
        #expect(try last.completion?.value() == ["x", "execution-1.1"])
        try engine.checkReplays()
    }

    /// An end that comes before anybody waits is kept for whoever asks.
    @Test func endBeforeTheWait() throws {
        struct Later: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                let handle = try await context.startSubWorkflow(Shipping.self, 1)
                try await context.activity(Reference.work, "between")
                return try await handle.result()
            }
        }
        let engine = EngineHarness(Later.self)
        try engine.start()
        try engine.feed(.subWorkflowCompleted(CommandID(1), payload("early")))
        #expect(try engine.feed(.completed(2, ())).completion?.value() == "early")
        try engine.checkReplays()
    }

    /// Ids follow from the parent's execution: the same on every replay, apart for every command, and no longer with depth.
    @Test func derivedIds() throws {
        struct Many: Workflow {
            func run(_ context: WorkflowContext) async throws {
                for _ in 0..<1_000 { _ = try await context.startSubWorkflow(Sweeping.self) }
                try await context.until { false }
            }
        }
        let engine = EngineHarness(Many.self)
        let children = try engine.start().subWorkflows
        try engine.restart()
        #expect(Set(children.map(\.instance)).count == 1_000)
        let executions = Set(children.map(\.execution))
        #expect(executions.count == 1_000)
        let random = Set(ExecutionID.random().rawValue + "0123456789abcdefghjkmnpqrstvwxyz")
        for execution in executions {
            #expect(execution.rawValue.utf8.count == 22)
            #expect(random.isSuperset(of: execution.rawValue))
        }
        // Part of stored histories: it must not change with a new version.
        #expect(children[0].execution == EngineHarness.firstChild)
    }

    /// Names that no store takes are errors of the call, and nothing is scheduled.
    @Test func unusableNames() throws {
        struct Misnamed: Workflow {
            func run(_ context: WorkflowContext, _ kind: String) async throws {
                switch kind {
                case "workflow": try await context.subWorkflow(WorkflowReference<Void, Void>(""))
                case "instance": try await context.subWorkflow(Sweeping.self, options: .init(id: "a\nb"))
                default: try await context.subWorkflow(Sweeping.self, options: .init(queue: ""))
                }
            }
        }
        for (kind, words) in [
            ("workflow", "workflow name is empty"), ("instance", "control character"), ("queue", "task queue is empty"),
        ] {
            let only = try EngineHarness(Misnamed.self).start(kind)
            #expect(only.completion?.failure?.message.contains(words) == true)
            #expect(only.subWorkflows.isEmpty)
        }
    }

    /// A result of another type is an error of whoever asks for it.
    @Test func undecodableResult() throws {
        let engine = EngineHarness(Parent.self)
        try engine.start()
        let last = try engine.feed(.subWorkflowCompleted(CommandID(1), payload(5)))
        #expect(last.completion?.failure?.type == "PayloadError")
    }

    /// One that nobody waits for is no reason to go on, and no wait.
    @Test func nobodyWaits() throws {
        struct Leaving: Workflow {
            func run(_ context: WorkflowContext) async throws {
                _ = try await context.startSubWorkflow(Sweeping.self, options: .init(closePolicy: .abandon))
            }
        }
        let engine = EngineHarness(Leaving.self)
        let only = try engine.start()
        #expect(only.completion?.status == .completed)
        #expect(only.subWorkflows.map(\.closePolicy) == [.abandon])
        try engine.checkReplays()
    }

    @Test func whoseChildItIs() throws {
        struct Child: Workflow {
            func run(_ context: WorkflowContext) async throws -> String { context.parent?.instance.rawValue ?? "none" }
        }
        let link = ParentLink(instance: "p", execution: "e", command: CommandID(3))
        let engine = EngineHarness(Child.self)
        let started = EventBody.Started(workflow: "Child", queue: .default, input: .none, parent: link)
        #expect(try engine.feed(.started(started)).completion?.value() == "p")
        #expect(try EngineHarness(Child.self).start().completion?.value() == "none")
    }
}

extension EngineHarness {
    /// The first execution of the sub-workflow that command 1 of "execution-1" starts.
    static let firstChild: ExecutionID = "f07gfkhn3hbjw0m7w0rhdv"
}
