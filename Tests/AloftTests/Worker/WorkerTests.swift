import Aloft
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// A worker against a store that answers as a test says.
@Suite(.timeLimit(.minutes(1)))
struct WorkerTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func worker(_ store: StubStore) -> Worker {
        Worker(store: store, logger: quiet) {
            SequenceTests.Chain.self
            ActivityFunction("double") { (number: Int) in 2 * number }
        }
    }

    private static func startTask() throws -> WorkflowTask {
        let started = EventBody.Started(workflow: "Chain", queue: .default, input: try payload(3))
        return WorkflowTask(
            instance: "instance-1",
            execution: "execution-1",
            receipt: .init(place: "queue", entry: "1"),
            inputs: [DeliveredInput(timestamp: Timestamp(milliseconds: 900), body: .started(started))]
        )
    }

    /// A chain of activities that the worker runs itself: one transition for the start and one for each outcome.
    @Test func eagerChain() async throws {
        let store = StubStore(tasks: [try Self.startTask()])
        let run = Task { try await Self.worker(store).run() }
        var transitions: [Transition] = []
        for await call in store.calls {
            guard case .commit(let transition) = call else { continue }
            transitions.append(transition)
            if transition.completion != nil { break }
        }
        run.cancel()
        try await run.value
        #expect(transitions.map(\.expectedLength) == [0, 2, 4])
        #expect(transitions.map(\.consumedInputs) == [1, 0, 0])
        #expect(transitions.map { $0.activities.map(\.isEager) } == [[true], [true], []])
        #expect(transitions.map { $0.settled.map(\.command.number) } == [[], [1], [2]])
        #expect(try transitions.last?.completion?.value() == 18)
    }

    /// A commit that the store refuses for good: the outcome goes to the inbox, where the instance finds it again, and what is
    /// wrong becomes visible when the next task fails.
    ///
    /// The outcome used to be dropped while the live worker kept its lease: the instance waited for ever.
    @Test func refusedCommitKeepsTheOutcome() async throws {
        let refusal = StoreError(.payloadTooLarge, "more than the limit")
        let store = StubStore(
            tasks: [try Self.startTask()],
            onCommit: { $0 == 1 ? .success(.committed(inputs: [])) : .failure(refusal) }
        )
        let run = Task { try await Self.worker(store).run() }
        for await call in store.calls {
            guard case .finish(let task, let outcome) = call else { continue }
            #expect(task.scheduled.command == CommandID(1))
            #expect(outcome == .completed(try payload(6)))
            break
        }
        run.cancel()
        try await run.value
    }

    /// What came behind the end of the code stays in the inbox, for the execution that follows; nothing stays resident.
    @Test func inputsBehindAContinuationAreNotConsumed() async throws {
        let start = EventBody.Started(workflow: "Counter", queue: .default, input: try payload(1))
        let inputs: [EventBody] = [
            .started(start), try .signal(Signals.number, 2), try .signal(Signals.number, 3),
            try .signal(Signals.text, "x"),
        ]
        let task = WorkflowTask(
            instance: "instance-1",
            execution: "execution-1",
            receipt: .init(place: "queue", entry: "1"),
            inputs: inputs.map { DeliveredInput(timestamp: Timestamp(milliseconds: 900), body: $0) }
        )
        let store = StubStore(tasks: [task])
        let worker = Worker(store: store, logger: Self.quiet) { ContinueAsNewTests.Counter.self }
        let run = Task { try await worker.run() }
        for await call in store.calls {
            guard case .commit(let transition) = call else { continue }
            #expect(transition.consumedInputs == 2)
            #expect(transition.events.count == 3)
            #expect(!transition.isResident)
            guard case .continuedAsNew(let next)? = transition.completion else {
                Issue.record("no continuation")
                break
            }
            #expect(next.started.input == (try payload(3)))
            break
        }
        run.cancel()
        try await run.value
    }

    /// Sub-workflows, requests to cancel them and signals reach the store.
    @Test func decisionsAboutOtherInstances() async throws {
        struct Busy: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let child = try await context.startSubWorkflow(WorkflowReference<Void, Void>("Child"))
                try await child.cancel()
                try await child.signal(Signals.number, 1)
            }
        }
        let started = EventBody.Started(workflow: "Busy", queue: .default, input: .none)
        let task = WorkflowTask(
            instance: "instance-1",
            execution: "execution-1",
            receipt: .init(place: "queue", entry: "1"),
            inputs: [DeliveredInput(timestamp: Timestamp(milliseconds: 900), body: .started(started))]
        )
        let store = StubStore(tasks: [task])
        let worker = Worker(store: store, logger: Self.quiet) { Busy.self }
        let run = Task { try await worker.run() }
        for await call in store.calls {
            guard case .commit(let transition) = call else { continue }
            #expect(transition.subWorkflows.map(\.instance) == ["execution-1.1"])
            #expect(transition.cancelledSubWorkflows == [CommandID(1)])
            #expect(transition.signals.map(\.instance) == ["execution-1.1"])
            #expect(transition.isResident)
            break
        }
        run.cancel()
        try await run.value
    }

    /// An instance that has gone on as another execution: the outcome of an activity of the one before does not reach it, though
    /// the command numbers are the same.
    @Test func outcomesOfAnotherExecution() async throws {
        func start(_ execution: ExecutionID, _ number: Int) throws -> WorkflowTask {
            let started = EventBody.Started(workflow: "Chain", queue: .default, input: try payload(number))
            return WorkflowTask(
                instance: "instance-1",
                execution: execution,
                receipt: .init(place: "queue", entry: execution.rawValue),
                inputs: [DeliveredInput(timestamp: Timestamp(milliseconds: 900), body: .started(started))]
            )
        }
        let store = StubStore(tasks: [try start("execution-1", 3), try start("execution-2", 5)])
        let (gate, opener) = AsyncStream<Void>.makeStream()
        // That of the second execution runs until the worker stops, so that the execution is there all the time.
        let (secondGate, secondOpener) = AsyncStream<Void>.makeStream()
        defer { secondOpener.finish() }
        let worker = Worker(store: store, logger: Self.quiet) {
            SequenceTests.Chain.self
            ActivityFunction("double") { (number: Int) in
                for await _ in number == 3 ? gate : secondGate {}
                return 2 * number
            }
        }
        let run = Task { try await worker.run() }
        var lengths: [Int] = []
        for await call in store.calls {
            switch call {
            case .commit(let transition) where transition.execution == "execution-1":
                lengths.append(transition.expectedLength)
            case .commit(let transition):
                if transition.expectedLength == 0 { opener.finish() }
            case .finish(let task, let outcome):
                #expect(task.execution == "execution-1")
                #expect(outcome == .completed(try payload(6)))
                run.cancel()
            case .leave, .beat, .postpone, .handBackUnseen, .release: break
            }
            if run.isCancelled { break }
        }
        try await run.value
        #expect(lengths == [0])
        // It is no reason to commit anything for the execution that is there now.
        #expect(store.transitions.withLock { $0.allSatisfy { !$0.events.isEmpty } })
    }

    /// The first transition is refused for good: the task is put back with the reason.
    @Test func refusedStartIsPostponed() async throws {
        let refusal = StoreError(.payloadTooLarge, "more than the limit")
        let store = StubStore(tasks: [try Self.startTask()], onCommit: { _ in .failure(refusal) })
        let run = Task { try await Self.worker(store).run() }
        for await call in store.calls {
            guard case .postpone(let problem) = call else { continue }
            #expect(problem?.contains("more than the limit") == true)
            break
        }
        run.cancel()
        try await run.value
    }

    /// A worker that waits for an absent store can be told to stop; it used to hold up the whole service group.
    @Test func gracefulShutdownWhileTheStoreIsAbsent() async throws {
        let store = StubStore(onBeat: { .failure(StoreError(.unavailable, "nobody listens")) })
        let group = ServiceGroup(services: [Self.worker(store)], logger: Self.quiet)
        let run = Task { try await group.run() }
        for await call in store.calls { if case .beat = call { break } }
        await group.triggerGracefulShutdown()
        // A service that returns when it was told to is no error.
        try await run.value
    }

    /// Graceful shutdown hands everything back and says so.
    @Test func gracefulShutdownLeaves() async throws {
        let store = StubStore()
        let worker = Self.worker(store)
        let group = ServiceGroup(services: [worker], logger: Self.quiet)
        let run = Task { try await group.run() }
        try await worker.waitUntilReady()
        await group.triggerGracefulShutdown()
        for await call in store.calls { if case .leave = call { break } }
        try await run.value
    }

    /// Without a queue it would do nothing, silently.
    @Test func noQueue() async throws {
        let worker = Worker(store: StubStore(), queues: [], logger: Self.quiet) { SequenceTests.Chain.self }
        let error = await #expect(throws: RegistrationError.self) { try await worker.run() }
        #expect(error?.message.contains("no queue") == true)
    }

    /// Numbers that would make a worker spin, or trap.
    @Test func optionsAreBounded() {
        let options = WorkerOptions(
            maximumResidents: -1,
            gracePeriod: .seconds(-1),
            problemRetryInterval: .zero,
            stallLimit: .seconds(-5)
        ).bounded
        #expect(options.maximumResidents == 0)
        #expect(options.gracePeriod == .zero)
        #expect(options.problemRetryInterval == .milliseconds(10))
        #expect(options.stallLimit == .milliseconds(10))
    }
}
