import Aloft
import Logging
import ServiceLifecycle
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
}
