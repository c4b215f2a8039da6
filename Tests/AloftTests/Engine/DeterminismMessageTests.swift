import Aloft
import Testing

/// What an operator reads when code does not fit its history, word by word.
@Suite struct DeterminismMessageTests {
    typealias Body = @Sendable (WorkflowContext) async throws -> String

    struct Broken: Error, CustomStringConvertible {
        var description: String { "the cart is empty" }
    }

    private static let child = WorkflowReference<Void, Void>("Child")

    private static func execution(_ body: @escaping Body) -> Execution {
        let blueprint = WorkflowBlueprint(name: "Orders", typeName: "Orders", coder: PayloadCoder()) {
            (context: WorkflowContext, _: Void) in try await body(context)
        }
        return Execution(
            blueprint: blueprint,
            instance: "order-42",
            execution: "execution-1",
            coder: PayloadCoder(),
            logger: LogCapture().logger
        )
    }

    /// The history that the one body makes of the inputs, replayed by the other.
    private static func message(
        after inputs: [EventBody] = [],
        _ original: @escaping Body,
        changed: @escaping Body
    ) throws -> String {
        let first = execution(original)
        defer { first.evict() }
        let started = EventBody.started(.init(workflow: "Orders", queue: .default, input: .none))
        let all = ([started] + inputs).map { DeliveredInput(timestamp: Timestamp(milliseconds: 1_000), body: $0) }
        let history = try first.apply(all).events
        let second = execution(changed)
        defer { second.evict() }
        let failure = try taskFailure { try second.replay(history) }
        #expect(failure.cause == .nondeterminism)
        // Code that fits goes on from the same history.
        let third = execution(original)
        defer { third.evict() }
        try third.replay(history)
        let prefix = "nondeterministic workflow code: "
        let suffix =
            " Usually the workflow was changed while instances of it were open, or it depends on the clock, randomness, "
            + "the order of a Dictionary or Set, or state outside itself. The instance is unharmed: deploy code that fits "
            + "its history and it goes on."
        #expect(failure.message.hasPrefix(prefix) && failure.message.hasSuffix(suffix))
        return String(failure.message.dropFirst(prefix.count).dropLast(suffix.count))
            .replacing(/AloftTests\/DeterminismMessageTests.swift:\d+/, with: "HERE")
    }

    @Test func anotherDecision() throws {
        #expect(
            try Self.message {
                try await $0.activity(Reference.work, "a")
                return ""
            } changed: {
                try await $0.sleep(for: .seconds(1))
                return ""
            } == "event 2 of the history is activity #1 work, but the code did timer #1 sleep at HERE."
        )
        #expect(
            try Self.message {
                try await $0.activity(Reference.work, "a")
                return ""
            } changed: {
                "\(try await $0.activity(Reference.double, 1))"
            } == "event 2 of the history is activity #1 work, but the code did activity #1 double at HERE."
        )
        #expect(
            try Self.message {
                "\(try await $0.sideEffect { 1 })"
            } changed: {
                try await $0.sleep(for: .seconds(1))
                return ""
            } == "event 2 of the history is side effect #1, but the code did timer #1 sleep at HERE."
        )
        #expect(
            try Self.message {
                try await $0.subWorkflow(Self.child, options: .init(id: "c"))
                return ""
            } changed: {
                try await $0.activity(ActivityReference<Void, Void>("Child"), ())
                return ""
            } == "event 2 of the history is sub-workflow #1 Child (c), but the code did activity #1 Child at HERE."
        )
        #expect(
            try Self.message {
                try await $0.signal("bob", Signals.number, 1)
                return ""
            } changed: {
                try await $0.signal("eve", Signals.number, 1)
                return ""
            } == "event 2 of the history is signal #1 number to bob, but the code did signal #1 number to eve at HERE."
        )
    }

    @Test func anotherOrder() throws {
        #expect(
            try Self.message { context in
                async let work: Void = context.activity(Reference.work, "a")
                async let number = context.activity(Reference.double, 1)
                return "\(try await work) \(try await number)"
            } changed: { context in
                async let number = context.activity(Reference.double, 1)
                async let work: Void = context.activity(Reference.work, "a")
                return "\(try await work) \(try await number)"
            } == "event 2 of the history is activity #1 work, but the code did activity #1 double at HERE."
        )
    }

    @Test func less() throws {
        #expect(
            try Self.message {
                try await $0.activity(Reference.work, "a")
                return ""
            } changed: {
                try await $0.receive(Signals.text)
            }
                == "event 2 of the history is activity #1 work, but the code no longer does that; it waits for signal text "
                + "at HERE."
        )
        #expect(
            try Self.message(after: [try .signal(Signals.text, "a")]) { context in
                try? await context.timeout(.seconds(1)) { _ = try await context.receive(Signals.text) }
                return try await context.receive(Signals.text)
            } changed: { context in
                context.future { try await context.sleep(for: .seconds(1), name: "timeout") }
                _ = try await context.receive(Signals.text)
                return try await context.receive(Signals.text)
            }
                == "event 4 of the history is cancellation of timer #1, but the code no longer does that; it waits for "
                + "timer timeout, due 1970-01-01T00:00:02.000Z at HERE, signal text at HERE."
        )
    }

    @Test func more() throws {
        #expect(
            try Self.message {
                try await $0.receive(Signals.text)
            } changed: {
                _ = try await $0.sideEffect { 1 }
                return try await $0.receive(Signals.text)
            }
                == "the history holds no further decision after event 1 (start of Orders), but the code did side effect #1 "
                + "at HERE."
        )
    }

    /// The code has come to its end, where the history goes on.
    @Test func earlyEnd() throws {
        let inputs = [try EventBody.signal(Signals.text, "a"), try .signal(Signals.text, "b")]
        let twice: Body = {
            _ = try await $0.receive(Signals.text)
            return try await $0.receive(Signals.text)
        }
        #expect(
            try Self.message(after: inputs, twice) { try await $0.receive(Signals.text) }
                == "the history holds no further decision after event 2 (signal text), but the code did completion of the "
                + "workflow."
        )
        #expect(
            try Self.message(after: inputs, twice) { _ in throw Broken() }
                == "the history holds no further decision after event 1 (start of Orders), but the code did failure of the "
                + "workflow with Broken: the cart is empty."
        )
    }

    @Test func anotherEnd() throws {
        #expect(
            try Self.message { _ in
                ""
            } changed: {
                throw $0.continueAsNew()
            }
                == "event 2 of the history is completion of the workflow, but the code did continuation as new."
        )
        #expect(
            try Self.message {
                throw $0.continueAsNew()
            } changed: {
                try await $0.receive(Signals.text)
            }
                == "event 2 of the history is continuation as new, but the code no longer does that; it waits for signal "
                + "text at HERE."
        )
        #expect(
            try Self.message { _ in
                throw Broken()
            } changed: { _ in
                ""
            }
                == "event 2 of the history is failure of the workflow, but the code did completion of the workflow."
        )
    }

    /// A request to cancel that is no longer made.
    @Test func otherCancelRequests() throws {
        #expect(
            try Self.message {
                let handle = try await $0.startSubWorkflow(Self.child, options: .init(id: "c"))
                try await handle.cancel()
                try await handle.result()
                return ""
            } changed: {
                try await $0.subWorkflow(Self.child, options: .init(id: "c"))
                return ""
            }
                == "event 3 of the history is request to cancel sub-workflow #1, but the code no longer does that; it waits "
                + "for sub-workflow Child (c) at HERE."
        )
    }

    /// Waiting for a condition is no decision: it may come and go in code whose instances are open.
    @Test func conditionsLeaveNoTrace() throws {
        let first = Self.execution { context in
            _ = try await context.receive(Signals.number)
            return "\(try await context.activity(Reference.double, 1))"
        }
        defer { first.evict() }
        let started = EventBody.started(.init(workflow: "Orders", queue: .default, input: .none))
        let inputs = [started, try .signal(Signals.number, 1)]
        let history = try first.apply(
            inputs.map { DeliveredInput(timestamp: Timestamp(milliseconds: 1_000), body: $0) }
        ).events
        let second = Self.execution { context in
            let isThere = Shared(false)
            context.future {
                _ = try await context.receive(Signals.number)
                isThere.value = true
            }
            try await context.until { isThere.value }
            return "\(try await context.activity(Reference.double, 1))"
        }
        defer { second.evict() }
        try second.replay(history)
        #expect(second.historyLength == 3)
    }
}
