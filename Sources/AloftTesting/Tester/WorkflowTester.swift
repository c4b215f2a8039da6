public import Aloft
public import Foundation
public import Logging
internal import Synchronization

/// Runs workflows in virtual time, alone and in a fixed order, so that a test of a month takes no time and always goes the
/// same way.
///
/// ```swift
/// let tester = WorkflowTester()
/// tester.mock(Charge.self) { (order: Order) in Receipt(amount: order.total) }
/// tester.after(.seconds(3600)) { try await $0.signal(Fulfilment.approval, Approval(by: "finance")) }
/// let receipt = try await tester.run(Fulfilment.self, order)
/// ```
///
/// The code runs on the engine that workers use, against a ``MemoryStore``. One thing happens at a time: workflow code moves
/// until it waits, activities are run one after the other in the order in which they were queued, and when nothing is left
/// to do the clock jumps to the next moment at which something is due. What is due at the same moment comes in this order:
/// timers, retries and delayed starts; then callbacks and the ends of activities that take time, as they were set.
///
/// Whatever would hang, repeat itself without end or go wrong unseen in a deployment is a ``TesterError`` that says what is
/// the matter: an activity that nobody knows, a wait that nothing can end, code that is not deterministic.
public final class WorkflowTester: Sendable {
    /// Where a tester's time starts if nothing else is said, the same in every run: 2026-01-01 00:00 UTC.
    public static let defaultInitialTime = MemoryStore.testEpoch.date

    let store: MemoryStore
    let clock = VirtualClock()
    let epoch: Timestamp
    let timeLimit: Duration
    let stepLimit: Int
    let replaysEveryTask: Bool
    let coder: PayloadCoder
    let logger: Logger
    let foreignJobs = ForeignJobs()
    private let state = Mutex(TesterState())

    /// - Parameters:
    ///   - initialTime: The virtual time at first.
    ///   - timeLimit: How much virtual time one `run` may take.
    ///   - stepLimit: How many workflow tasks, activities and callbacks one call may take; against endless loops.
    ///   - replaysEveryTask: Whether code is run again from its history after each of its tasks, so that every test proves
    ///     that it is deterministic. Histories of more than some hundred events are replayed each time that they have
    ///     grown by a tenth. Code that notes something on the side does so several times.
    ///   - coder: Encodes and decodes all values, as that of the workers does.
    ///   - logger: What workflows and activities log to; silent if nothing else is said.
    public init(
        initialTime: Date = WorkflowTester.defaultInitialTime,
        timeLimit: Duration = .seconds(10 * 365 * 86_400),
        stepLimit: Int = 10_000,
        replaysEveryTask: Bool = true,
        coder: PayloadCoder = PayloadCoder(),
        logger: Logger = Logger(label: "aloft.tester") { _ in SwiftLogNoOpLogHandler() }
    ) {
        epoch = Timestamp(initialTime)
        self.timeLimit = timeLimit
        self.stepLimit = stepLimit
        self.replaysEveryTask = replaysEveryTask
        self.coder = coder
        self.logger = logger
        // The only worker lives for ever, and what has finished can be looked at for as long.
        store = MemoryStore(
            clock: clock,
            epoch: epoch,
            leaseDuration: Self.forEver,
            retention: Self.forEver,
            continuedRetention: Self.forEver,
            pollLimit: .zero
        )
    }

    private static let forEver = Duration.seconds(1 << 40)

    /// The virtual time.
    public var now: Date { store.now.date }

    /// The virtual time that has passed since the tester was made.
    public var elapsed: Duration { clock.now.offset }

    /// Makes workflows and activities known, as in a worker. A mock of the same name goes before a registered activity or
    /// sub-workflow. The workflow under test need not be registered.
    ///
    /// Two under one name are an error of the next run.
    public func register(@WorkerBuilder _ components: () -> [WorkerComponent]) {
        let components = components()
        withState { $0.components += components }
    }

    func withState<Answer>(_ body: (inout sending TesterState) -> sending Answer) -> sending Answer {
        state.withLock(body)
    }

    // Code that is left suspended would stay in memory for good.
    deinit { for resident in withState({ $0.takeResidents() }) { resident.execution.evict() } }
}
