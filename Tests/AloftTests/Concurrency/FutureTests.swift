import Aloft
import Testing

@Suite struct FutureTests {
    struct Pair: Workflow {
        func run(_ context: WorkflowContext) async throws -> [Int] {
            let first = context.future { try await context.activity(Reference.double, 1) }
            let second = context.future { try await context.activity(Reference.double, 2) }
            Probe.note("\(first.isDone) \(second.isDone)")
            async let early = first.value
            let again = try await [second.value, first.value, first.value]
            Probe.note("\(first.isDone) \(second.isDone)")
            return try await again + [early]
        }
    }

    /// A future starts at once, is awaited by several tasks, later, again and again.
    @Test(arguments: [false, true])
    func startedNowAwaitedLater(cold: Bool) throws {
        let engine = EngineHarness(Pair.self)
        #expect(try engine.start().activities.map(\.command) == [CommandID(1), CommandID(2)])
        if cold { try engine.restart() }
        try engine.feed(.completed(1, 10))
        if cold { try engine.restart() }
        #expect(try engine.feed(.completed(2, 20)).completion?.value() == [20, 10, 10, 10])
        #expect(engine.journal.entries.last == "true true")
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    /// Bodies begin in the order in which they were started, when the caller waits; nothing of a future is recorded.
    @Test func bodiesBeginInOrder() throws {
        struct Order: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let futures = (0..<3).map { number in context.future { Probe.note("body \(number)") } }
                Probe.note("caller")
                for future in futures { try await future.value }
            }
        }
        let engine = EngineHarness(Order.self)
        #expect(try engine.start().completion?.status == .completed)
        #expect(engine.journal.entries == ["caller", "body 0", "body 1", "body 2"])
        #expect(engine.decisionCount == 0)
        try engine.checkEveryPrefix()
    }

    /// Those who await are called in the order in which they came.
    @Test func awaitersInOrder() throws {
        struct Crowd: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let future = context.future { try await context.receive(Signals.number) }
                try await withThrowingTaskGroup { group in
                    for number in 0..<4 { group.addTask { Probe.note("\(number): \(try await future.value)") } }
                    try await group.waitForAll()
                }
            }
        }
        let engine = EngineHarness(Crowd.self)
        try engine.start()
        try engine.feed(.signal(Signals.number, 7))
        #expect(engine.journal.entries == ["0: 7", "1: 7", "2: 7", "3: 7"])
        try engine.checkEveryPrefix()
    }

    /// What the body throws reaches everybody who awaits, with its type.
    @Test func errorsReachEverybody() throws {
        struct Failing: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let future = context.future { try await context.activity(Reference.work, "fails") }
                let ignored = context.future { throw PermanentError("nobody asks") }
                var errors: [String] = []
                for _ in 0..<2 { errors.append(await errorText { try await future.value }) }
                return errors + ["\(ignored.isDone)"]
            }
        }
        let engine = EngineHarness(Failing.self)
        try engine.start()
        let last = try engine.feed(.failed(1, PermanentError("no")))
        #expect(try last.completion?.value() == ["ActivityError", "ActivityError", "true"])
        try engine.checkEveryPrefix()
    }

    /// Cancelling a task that awaits leaves the future alone.
    @Test(arguments: [false, true])
    func cancelledAwaiter(cold: Bool) throws {
        struct Patient: Workflow {
            func run(_ context: WorkflowContext) async throws -> Int {
                let future = context.future { try await context.receive(Signals.number) }
                do { _ = try await context.timeout(.seconds(1)) { try await future.value } } catch is TimeoutError {
                    Probe.note("timeout, done: \(future.isDone)")
                }
                return try await future.value
            }
        }
        let engine = EngineHarness(Patient.self)
        let timer = try #require(try engine.start().timers.first)
        if cold { try engine.restart() }
        try engine.feed(.timerFired(timer.command))
        #expect(engine.journal.entries == ["timeout, done: false"])
        if cold { try engine.restart() }
        #expect(try engine.feed(.signal(Signals.number, 3)).completion?.value() == 3)
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    /// `cancel` reaches the body as any cancellation does, and takes its timer back.
    @Test func cancelReachesTheBody() throws {
        struct Cancelling: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                let future = context.future {
                    defer { Probe.note("body ends, cancelled: \(Task.isCancelled)") }
                    try await context.sleep(for: .seconds(9))
                }
                _ = try await context.receive(Signals.number)
                future.cancel()
                future.cancel()
                return await errorText { try await future.value }
            }
        }
        let engine = EngineHarness(Cancelling.self)
        try engine.start()
        let last = try engine.feed(.signal(Signals.number, 1))
        #expect(try last.completion?.value() == "CancellationError")
        #expect(last.cancelledTimers.count == 1)
        #expect(engine.journal.entries == ["body ends, cancelled: true"])
        try engine.checkEveryPrefix()
    }
}
