import Aloft
import Testing

/// The language's own concurrency in workflow code, as it happens, replayed from every prefix, and unloaded.
@Suite struct StructuredConcurrencyTests {
    struct Children: Workflow {
        func run(_ context: WorkflowContext) async throws -> Int {
            async let first = context.activity(Reference.double, 1)
            async let second = Self.twice(context, 2)
            let third = try await context.activity(Reference.double, 3)
            return try await first + second + third
        }

        static func twice(_ context: WorkflowContext, _ number: Int) async throws -> Int {
            let once = try await context.activity(Reference.double, number)
            Probe.note("once \(once)")
            return try await context.activity(Reference.double, once)
        }
    }

    @Test(arguments: [[3, 1, 2, 4], [1, 2, 3, 4], [3, 4, 2, 1]])
    func asyncLet(order: [Int]) throws {
        let engine = EngineHarness(Children.self)
        #expect(try engine.start().activities.count == 3)
        for command in order { try engine.feed(.completed(command, command)) }
        #expect(engine.completion?.status == .completed)
        try engine.checkEveryPrefix()
    }

    struct Groups: Workflow {
        func run(_ context: WorkflowContext) async throws -> [Int] {
            var results: [Int] = []
            await withTaskGroup(of: Int.self) { group in
                for number in 1...3 {
                    group.addTask { (try? await context.activity(Reference.double, number)) ?? -number }
                }
                for await result in group { results.append(result) }
            }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 4...5 { group.addTask { try await context.activity(Reference.double, number) } }
                while let result = try await group.next() { results.append(result) }
            }
            await withDiscardingTaskGroup { group in
                for number in 6...7 {
                    group.addTask {
                        Probe.note("\(number): \((try? await context.activity(Reference.double, number)) ?? 0)")
                    }
                }
            }
            try await withThrowingDiscardingTaskGroup { group in
                for number in 8...9 {
                    group.addTask { Probe.note("\(number): \(try await context.activity(Reference.double, number))") }
                }
            }
            return results
        }
    }

    /// Results come in the order in which the activities ended, not in that of their start.
    @Test(arguments: [false, true])
    func groupsOfAllKinds(cold: Bool) throws {
        let engine = EngineHarness(Groups.self)
        try engine.start()
        for command in [3, 1, 2, 5, 4, 7, 6, 9, 8] {
            if cold { try engine.restart() }
            let outcome =
                command == 2 ? EventBody.failed(2, PermanentError("no")) : try .completed(command, command * 2)
            try engine.feed(outcome)
        }
        #expect(try engine.completion?.value() == [6, 2, -2, 10, 8])
        if !cold { #expect(engine.journal.entries == ["7: 14", "6: 12", "9: 18", "8: 16"]) }
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    /// The first error of a throwing group cancels the others; their waits are taken back.
    @Test(arguments: [false, true])
    func failingGroup(isDiscarding: Bool) throws {
        struct Failing: Workflow {
            func run(_ context: WorkflowContext, _ isDiscarding: Bool) async throws {
                if isDiscarding {
                    try await withThrowingDiscardingTaskGroup { group in
                        group.addTask { try await Self.sleeper(context) }
                        group.addTask { try await context.activity(Reference.work, "fails") }
                    }
                } else {
                    try await withThrowingTaskGroup { group in
                        group.addTask { try await Self.sleeper(context) }
                        group.addTask { try await context.activity(Reference.work, "fails") }
                        for try await _ in group {}
                    }
                }
            }

            static func sleeper(_ context: WorkflowContext) async throws {
                // The runtime may call the handler where no task-local is to be seen.
                let wasTold = Shared(false)
                defer { Probe.note("sleeper ends, told: \(wasTold.value)") }
                try await withTaskCancellationHandler {
                    try await context.sleep(for: .seconds(9))
                } onCancel: {
                    wasTold.value = true
                }
            }
        }
        let engine = EngineHarness(Failing.self)
        try engine.start(isDiscarding)
        let last = try engine.feed(.failed(2, PermanentError("no")))
        #expect(last.cancelledTimers == [CommandID(1)])
        #expect(last.completion?.failure?.message.contains("no") == true)
        #expect(engine.journal.entries == ["sleeper ends, told: true"])
        try engine.checkEveryPrefix()
    }

    /// Handlers run outermost task first as the request goes down the tree, `defer` as each scope is left, and unloading runs
    /// `defer` but no handler: it is no cancellation.
    @Test func handlersAndDefer() throws {
        struct Nested: Workflow {
            func run(_ context: WorkflowContext) async throws {
                defer { Probe.note("root ends") }
                try await withTaskCancellationHandler {
                    async let child: Void = Self.child(context)
                    try await child
                } onCancel: {
                    Probe.note("root told")
                }
            }

            static func child(_ context: WorkflowContext) async throws {
                defer { Probe.note("child ends") }
                try await withTaskCancellationHandler {
                    _ = try await context.receive(Signals.number)
                } onCancel: {
                    Probe.note("child told")
                }
            }
        }
        let engine = EngineHarness(Nested.self)
        try engine.start()
        engine.evict()
        #expect(engine.journal.entries == ["child ends", "root ends"])

        let cancelled = EngineHarness(Nested.self)
        try cancelled.start()
        #expect(try cancelled.feed(.cancel).completion?.status == .cancelled)
        #expect(Set(cancelled.journal.entries.prefix(2)) == ["root told", "child told"])
        #expect(cancelled.journal.entries.suffix(2) == ["child ends", "root ends"])
        try cancelled.checkEveryPrefix()
    }
}
