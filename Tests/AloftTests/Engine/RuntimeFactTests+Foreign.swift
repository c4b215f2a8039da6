import Aloft
import Synchronization
import Testing

/// Facts 4 to 6: code that waits for something that is not durable, or for nothing at all.
extension RuntimeFactTests {
    /// The ways out of the executor.
    enum Exit: String, Codable, CaseIterable {
        case task, detached, sleep, mainActor, foreignActor, foreignContinuation
    }

    @MainActor final class Screen {
        static func touch() {}
    }

    /// An actor with an executor of its own, like one on an event loop.
    actor Loop {
        private final class Thread: SerialExecutor {
            func enqueue(_ job: consuming ExecutorJob) {
                let job = UnownedJob(job)
                Task.detached { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
            }
        }

        private nonisolated let thread = Thread()
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        func touch() {}
    }

    /// What must not go on before the test lets it: an unstructured task that has ended when it is awaited goes unseen.
    @TaskLocal static var gate = Gate()

    private static func leave(by exit: Exit) async throws {
        let gate = gate
        switch exit {
        case .task: await Task { await gate.wait() }.value
        case .detached: await Task.detached { await gate.wait() }.value
        // Not so short that it is over before the code has suspended, as it may be under a sanitizer: that goes unnoticed.
        case .sleep: try await Task.sleep(for: .milliseconds(50))
        case .mainActor: await Screen.touch()
        case .foreignActor: await Loop().touch()
        case .foreignContinuation: await gate.wait()
        }
    }

    /// Facts 4 and 5: such code leaves the executor and the drain ends with nothing durable to wait for.
    @Test(arguments: Exit.allCases)
    func foreignAwaitFailsTheTask(exit: Exit) throws {
        struct Leaver: Workflow {
            func run(_ context: WorkflowContext, _ exit: Exit) async throws {
                try await RuntimeFactTests.leave(by: exit)
                // Code that came back in time must not hide what it did.
                try await context.activity(Reference.work, "after")
            }
        }
        let engine = EngineHarness(Leaver.self)
        let gate = Gate()
        defer { gate.open() }
        let failure = try Self.$gate.withValue(gate) { try taskFailure { try engine.start(exit) } }
        #expect(failure.cause == .foreignAwait)
        #expect(failure.message.contains("awaited something outside its context"))
        #expect(failure.message.contains("Leaver"))
        #expect(engine.history.isEmpty)
    }

    /// Facts 4 and 5: while something durable is awaited too, the job that comes back marks the run, and the next input fails.
    @Test(arguments: Exit.allCases)
    func foreignJobFailsTheNextTask(exit: Exit) async throws {
        struct Leaver: Workflow {
            func run(_ context: WorkflowContext, _ exit: Exit) async throws {
                async let work: Void = context.activity(Reference.work, "meanwhile")
                try await RuntimeFactTests.leave(by: exit)
                try await work
            }
        }
        let (reports, report) = AsyncStream.makeStream(of: Void.self)
        let engine = EngineHarness(Leaver.self) { report.yield() }
        let gate = Gate()
        var failure: TaskFailure?
        // Some come back within the drain already, if it is slow.
        do { _ = try Self.$gate.withValue(gate) { try engine.start(exit) } } catch { failure = error as? TaskFailure }
        gate.open()
        for await _ in reports { break }
        if failure == nil { failure = try taskFailure { try engine.feed(.completed(1, ())) } }
        #expect(failure?.cause == .foreignAwait)
        #expect(failure?.message.contains("awaited something outside its context") == true)
    }

    /// Fact 4: a job that arrives between two inputs is told at once, on the thread on which it arrives.
    @Test func foreignJobIsReported() throws {
        let reports = Journal<String>()
        let engine = EngineHarness(Gated.self) { reports.note("foreign") }
        let gate = Gate()
        try Gated.$gate.withValue(gate) { try engine.start() }
        #expect(reports.entries.isEmpty)
        #expect(gate.hasWaiter)
        gate.open()
        #expect(reports.entries == ["foreign"])
        let failure = try taskFailure { try engine.feed(.completed(1, ())) }
        #expect(failure.cause == .foreignAwait)
        // A halted execution takes nothing more.
        #expect(try taskFailure { try engine.feed(.cancel) } == failure)
    }

    struct Gated: Workflow {
        @TaskLocal static var gate: Gate?

        func run(_ context: WorkflowContext) async throws {
            async let work: Void = context.activity(Reference.work, "meanwhile")
            await Self.gate?.wait()
            try await work
        }
    }

    /// Fact 4: what a detached task asks of the context throws, records nothing, and is not overlooked.
    @Test func contextRefusesOtherTasks() async throws {
        let outside = Shared<WorkflowContext?>(nil)
        let reports = Journal<String>()
        let engine = EngineHarness(Lender.self) { reports.note("foreign") }
        try Lender.$borrower.withValue(outside) { try engine.start() }
        let context = try #require(outside.value)
        await #expect(throws: OutsideCall.self) { try await context.activity(Reference.work, "outside") }
        await #expect(throws: OutsideCall.self) { try await context.sleep(for: .seconds(1)) }
        await #expect(throws: OutsideCall.self) { try await context.receive(Signals.number) }
        await #expect(throws: OutsideCall.self) { try await context.tryReceive(Signals.number) }
        await #expect(throws: OutsideCall.self) { try await context.until { true } }
        await #expect(throws: OutsideCall.self) { try await context.sideEffect { 1 } }
        await #expect(throws: OutsideCall.self) { try await context.shielded {} }
        await #expect(throws: OutsideCall.self) { try await context.timeout(.seconds(1)) {} }
        _ = context.uuid()
        #expect(engine.execution.waitCount == 1)
        #expect(reports.entries.count >= 8)
        #expect(try taskFailure { try engine.feed(.completed(1, ())) }.cause == .foreignAwait)
        #expect(engine.summaries == ["1 start of Lender", "2 activity #1 work"])
    }

    struct Lender: Workflow {
        @TaskLocal static var borrower: Shared<WorkflowContext?>?

        func run(_ context: WorkflowContext) async throws {
            Self.borrower?.value = context
            try await context.activity(Reference.work, "inside")
        }
    }

    /// Fact 6: a loop over `Task.yield()` never ends by itself; the budget of jobs ends it.
    @Test func yieldLoopEndsByTheBudget() throws {
        struct Yielder: Workflow {
            func run(_ context: WorkflowContext) async throws {
                while true { await Task.yield() }
            }
        }
        let engine = EngineHarness(Yielder.self)
        let failure = try taskFailure { try engine.start() }
        #expect(failure.cause == .endlessLoop)
        #expect(failure.message.contains("\(Execution.jobBudget) jobs"))
        #expect(!engine.evict())
    }

    /// A loop over calls that return at once runs no jobs; the budget of calls ends it.
    @Test func loopOverReadyCallsEndsByTheBudget() throws {
        struct Spinner: Workflow {
            func run(_ context: WorkflowContext) async throws {
                while true { try await context.sleep(for: .zero) }
            }
        }
        let engine = EngineHarness(Spinner.self)
        let failure = try taskFailure { try engine.start() }
        #expect(failure.cause == .endlessLoop)
        #expect(failure.message.contains("\(Execution.callBudget) times"))
    }

    /// A budget that is used up leaves the rest in the queue; another drain takes it up.
    @Test func budgetLeavesJobsInTheQueue() {
        let executor = DeterministicExecutor()
        let log = Journal<Int>()
        let result = executor.drain(budget: 3) {
            for number in 0..<5 { Task(executorPreference: executor) { log.note(number) } }
        }
        #expect(result == .budgetExceeded)
        #expect(log.entries == [0, 1, 2])
        #expect(executor.drain(budget: 2) {} == .idle)
        #expect(log.entries == [0, 1, 2, 3, 4])
    }
}
