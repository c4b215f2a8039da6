import Aloft
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// What a worker that is told to stop does while an activity still has its grace period.
@Suite(.timeLimit(.minutes(1)))
struct StoppingTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    struct Pair: Workflow {
        func run(_ context: WorkflowContext) async throws -> Int {
            async let held = context.activity(ActivityReference<Void, Int>("hold"), ())
            async let quick = context.activity(ActivityReference<Void, Int>("quick"), ())
            return try await held + quick
        }
    }

    /// A gate that a test opens.
    private final class Door: Sendable {
        private let (stream, continuation) = AsyncStream<Void>.makeStream()
        func pass() async { for await _ in stream {} }
        func open() { continuation.finish() }
    }

    private static func startTask() -> WorkflowTask {
        let started = EventBody.Started(workflow: "Pair", queue: .default, input: .none)
        return WorkflowTask(
            instance: "instance-1",
            execution: "execution-1",
            receipt: .init(place: "queue", entry: "1"),
            inputs: [DeliveredInput(timestamp: Timestamp(milliseconds: 900), body: .started(started))]
        )
    }

    private static func worker(
        _ store: StubStore,
        onBegin: @escaping @Sendable () -> Void = {},
        onCancel: @escaping @Sendable (String?) -> Void = { _ in }
    ) -> Worker {
        Worker(store: store, logger: quiet) {
            Pair.self
            ActivityFunction<Void, Int>("hold") { context, _ in
                onBegin()
                do { try await ManualClock().sleep(for: .seconds(1)) } catch {
                    onCancel(context.cancellation?.description)
                    throw error
                }
                return 1
            }
            ActivityFunction("quick") { () in 2 }
        }
    }

    /// The step that was under way when the others were unloaded keeps nothing back: inputs would wait in this worker's own
    /// stream, which nobody reads, until the grace period is over.
    @Test func whatIsInTheMiddleOfAStepIsHandedBackToo() async throws {
        let (reached, mayCommit) = (Door(), Door())
        let store = StubStore(
            tasks: [Self.startTask()],
            beforeCommit: { transition in
                guard transition.expectedLength > 0 else { return }
                reached.open()
                await mayCommit.pass()
            }
        )
        let group = ServiceGroup(services: [Self.worker(store)], logger: Self.quiet)
        let run = Task { try await group.run() }
        await reached.pass()
        await group.triggerGracefulShutdown()
        var calls = store.calls.makeAsyncIterator()
        // By now all others are unloaded.
        while let call = await calls.next() { if case .handBackUnseen = call { break } }
        mayCommit.open()
        let clock = Task {
            // The grace period is longer.
            for _ in 0..<90 where !Task.isCancelled {
                store.manualClock.advance(by: .milliseconds(100))
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        var released: [InstanceID] = []
        while let call = await calls.next() {
            if case .release(let instances) = call { released += instances }
            if case .leave = call { Issue.record("it left first") }
            if !released.isEmpty { break }
        }
        #expect(released == ["instance-1"])
        clock.cancel()
        run.cancel()
        _ = await run.result
    }

    /// Nobody waits for an activity whose outcome is not wanted any more. The clock of the grace period stands still here.
    @Test func aLeaseThatIsLostMeanwhileEndsTheGrace() async throws {
        let reason = Mutex<String?>(nil)
        let begun = Door()
        let store = StubStore(tasks: [Self.startTask()])
        let worker = Self.worker(
            store,
            onBegin: { begun.open() },
            onCancel: { text in reason.withLock { $0 = text } }
        )
        let group = ServiceGroup(services: [worker], logger: Self.quiet)
        let run = Task { try await group.run() }
        await begun.pass()
        await group.triggerGracefulShutdown()
        for await call in store.calls { if case .handBackUnseen = call { break } }
        store.endLease()
        try await run.value
        #expect(reason.withLock { $0 } == ActivityCancellation.leaseLost.description)
    }
}
