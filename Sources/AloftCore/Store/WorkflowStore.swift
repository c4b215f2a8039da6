/// Where instances live. Clients and workers know a store only through this protocol.
///
/// Each call is atomic. A call that throws ``StoreError/Code/outcomeUnknown`` may have been carried out. Every call of a
/// worker may be repeated in that case, since each is idempotent or fenced, and so may a start and a delivery with an id; a
/// delivery without one may arrive twice then.
public protocol WorkflowStore: Sendable {
    // MARK: Clients

    /// Starts an instance: it gets an empty history, `started` in its inbox, behind it the signal if there is one, and a
    /// workflow task on its queue, now or when its moment comes.
    ///
    /// If there is an instance of that id the policies decide. Repeating a start with the same execution id changes nothing
    /// and answers `started`.
    /// - Throws: ``StoreError``: `invalidIdentifier`, `payloadTooLarge`, or of the infrastructure.
    func start(_ start: InstanceStart) async throws(StoreError) -> StartOutcome

    /// Puts an input into the inbox of an open instance and, if it has no workflow task, queues one: for the worker
    /// that has it resident while that worker lives, otherwise on its queue. A request to cancel does not wait for the
    /// moment of a delayed start.
    ///
    /// - Parameters:
    ///   - id: Makes the delivery idempotent: a second input with the same id is accepted and ignored, for as long as
    ///     ``DeliveryMemory`` says; continuing as new makes no difference.
    ///   - execution: Deliver only to this execution; `nil`: to whichever is open.
    /// - Throws: ``StoreError``: `instanceNotFound`, `instanceFinished`, `payloadTooLarge`, `inboxFull`,
    ///   `invalidIdentifier`.
    func deliver(
        _ input: EventBody,
        to instance: InstanceID,
        execution: ExecutionID?,
        id: String?
    ) async throws(StoreError)

    /// The state of an instance, or `nil` if there is none.
    func state(of instance: InstanceID) async throws(StoreError) -> InstanceState?

    /// The events of an instance's history after a number, in order; empty at the end.
    ///
    /// - Parameters:
    ///   - execution: An execution of the instance, also an earlier one that is still retained; `nil`: its last.
    ///   - limit: How many at most, roughly: a store may answer a few more to end with a whole transition.
    /// - Throws: ``StoreError``: `instanceNotFound`, `formatTooNew`.
    func history(
        of instance: InstanceID,
        execution: ExecutionID?,
        after number: Int,
        limit: Int
    ) async throws(StoreError) -> [Event]

    /// Waits until the instance has finished and returns how. Does not poll: the caller is woken.
    ///
    /// - Throws: ``StoreError``: `instanceNotFound`, also when the instance is removed meanwhile; `shutdown`;
    ///   `cancelled` if the waiting task is cancelled.
    func completion(of instance: InstanceID) async throws(StoreError) -> Completion

    /// Deletes a finished instance and everything of it.
    ///
    /// - Throws: ``StoreError``: `instanceNotFound`, `instanceOpen`.
    func remove(_ instance: InstanceID) async throws(StoreError)

    /// Deletes finished instances, oldest first, in bounded steps.
    ///
    /// - Parameters:
    ///   - statuses: Those that ended so; empty: in any way.
    ///   - moment: Those that finished before it.
    ///   - limit: How many at most.
    func removeFinished(
        _ statuses: Set<InstanceStatus>,
        before moment: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Removal

    /// Ends an open instance at once, without running its code. What it awaits ends with it: activities are dropped when
    /// their workers report, sub-workflows go by their close policy, a parent is told.
    ///
    /// - Parameter execution: Only this execution; `nil`: whichever is open.
    /// - Throws: ``StoreError``: `instanceNotFound`, `instanceFinished`.
    func terminate(_ instance: InstanceID, execution: ExecutionID?, reason: String) async throws(StoreError)

    /// Lets quarantined instances go on: the workflow task of each is queued again for any worker, without its problem, and
    /// its crashes are counted anew. Others, and what is not there, are passed over.
    ///
    /// - Returns: How many it let go. One that an earlier try of this call let go, whose answer was lost, is not counted.
    /// - Throws: ``StoreError``: `invalidIdentifier`, or of the infrastructure.
    func liftQuarantine(of instances: [InstanceID]) async throws(StoreError) -> Int

    /// A page of instances, open and finished, newest first.
    ///
    /// - Parameters:
    ///   - cursor: Where the page before ended; `nil`: from the newest.
    ///   - limit: How many at most.
    func instances(
        matching filter: InstanceFilter,
        after cursor: InstanceCursor?,
        limit: Int
    ) async throws(StoreError) -> InstancePage

    /// How many instances there are of each status; a status that none has may be absent.
    func instanceCounts() async throws(StoreError) -> [InstanceStatus: Int]

    /// How many instances are quarantined.
    func quarantinedCount() async throws(StoreError) -> Int

    /// Every queue that has tasks or live workers, by name.
    func queueStates() async throws(StoreError) -> [QueueState]

    /// A page of the activities of an instance that have no outcome yet, in the order of their commands.
    ///
    /// - Parameters:
    ///   - command: Where the page before ended; `nil`: from the first.
    ///   - limit: How many at most; a store may take no more than a thousand, and end a page earlier when inputs are large.
    /// - Throws: ``StoreError``: `instanceNotFound`.
    func pendingActivities(
        of instance: InstanceID,
        after command: CommandID?,
        limit: Int
    ) async throws(StoreError) -> PendingActivityPage

    /// The newest of those that have finished so, the last to finish first; for people who ask what went wrong lately. Looks at
    /// no more than `limit` instances of each status.
    ///
    /// The order is that in which they expire: one that is kept for longer than others comes before them.
    func recentlyFinished(_ statuses: Set<InstanceStatus>, limit: Int) async throws(StoreError) -> [InstanceState]

    /// Lets an activity that waits for its next attempt have it at once.
    ///
    /// - Returns: `false` if it does not wait for one: it runs, is queued, has its outcome or never was.
    /// - Throws: ``StoreError``: `instanceNotFound`, `instanceFinished`.
    func retryNow(_ command: CommandID, of instance: InstanceID) async throws(StoreError) -> Bool

    /// The workers that are alive, the oldest first; a thousand at most.
    func workers() async throws(StoreError) -> [WorkerState]

    /// A sample of what a worker has in hand; empty if it is not known. What came to it with the transition that scheduled it
    /// is told by ``pendingActivities(of:)`` of the instance.
    ///
    /// - Parameter limit: How many at most; a store may take no more than a hundred.
    func work(of worker: WorkerID, limit: Int) async throws(StoreError) -> [HeldWork]

    /// What it takes.
    var limits: StoreLimits { get }

    // MARK: Workers

    /// How long a worker may be silent before the others take its work over.
    var leaseDuration: Duration { get }

    /// Makes a worker known, or says that it is still alive.
    ///
    /// - Returns: `false` if the worker was known before and has been declared dead since: it holds nothing any more.
    func beat(_ registration: WorkerRegistration, isFirst: Bool) async throws(StoreError) -> Bool

    /// Keeps a registered worker alive until the calling task is cancelled, where user code cannot starve it.
    ///
    /// Returns early when the lease was lost.
    /// - Parameter onBeat: Called each time the store has confirmed that the worker is alive. Must not block.
    func keepAlive(_ registration: WorkerRegistration, onBeat: @escaping @Sendable () -> Void) async

    /// How long a call for tasks waits for some at most, if all is well.
    var pollDuration: Duration { get }

    /// Waits for workflow tasks, for a few seconds at most.
    ///
    /// - Parameter limit: How many at most. A task that is returned is held by the worker until it commits without
    ///   remaining inputs, postpones it, or dies.
    func nextWorkflowTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) async throws(StoreError) -> [WorkflowTask]

    /// Waits for activity tasks, for a few seconds at most.
    func nextActivityTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) async throws(StoreError) -> [ActivityTask]

    /// The whole execution that a task is about; `nil` if it is gone or has finished, or if the worker does not hold the
    /// task any more. In that case the task is put away.
    ///
    /// - Throws: ``StoreError``: `formatTooNew`, `corrupt`.
    func load(_ task: WorkflowTask) async throws(StoreError) -> LoadedExecution?

    /// Appends events and carries out their effects, or nothing.
    func commit(_ transition: Transition) async throws(StoreError) -> CommitOutcome

    /// Puts a workflow task back: it could not be carried out, through no fault of the instance's.
    ///
    /// - Parameters:
    ///   - delay: When it is tried again; zero: at once, by any worker of the queue.
    ///   - problem: Shown to operators until the next commit; `nil` leaves what is there.
    ///   - unknown: Set if the worker does not know the workflow.
    func postpone(
        _ task: WorkflowTask,
        by worker: WorkerID,
        delay: Duration,
        problem: String?,
        unknown: UnknownType?
    ) async throws(StoreError)

    /// Ends an attempt at an activity.
    ///
    /// - Returns: `false` if the outcome is not wanted any more: the instance is gone or has finished, the activity has
    ///   its outcome, or the try has been taken over. Nothing was changed then but the entry put away.
    func finish(_ task: ActivityTask, by worker: WorkerID, outcome: ActivityOutcome) async throws(StoreError) -> Bool

    /// Puts an activity back that was not run, or not to its end, through no fault of its own; counts as no attempt.
    ///
    /// - Parameter unknown: Set if the worker does not know the activity.
    func handBack(
        _ task: ActivityTask,
        by worker: WorkerID,
        delay: Duration,
        unknown: UnknownType?
    ) async throws(StoreError)

    /// Says that a worker begins to run a suspect, or that this has gone well for long enough: see ``CrashLimit``. Suspects
    /// are activities with a ``ActivityLease/delivery`` above 1, and workflow tasks with ``InstanceState/crashes``.
    ///
    /// - Throws: ``StoreError``: `leaseLost` if the worker is not alive any more and a trial was to begin.
    func setTrial(of suspect: Suspect, by worker: WorkerID, isOn: Bool) async throws(StoreError)

    /// Puts back what was handed out to a worker in answers that did not reach it. For a worker that asks for no more tasks, and
    /// goes on with those that it has: nobody else would have them until it leaves.
    func handBackUnseen(_ registration: WorkerRegistration) async throws(StoreError)

    /// Ends the residency of executions: their next tasks go to their queue.
    func release(_ instances: [InstanceID], by worker: WorkerID) async throws(StoreError)

    /// Fires what is due, takes over from dead workers, trims what has expired; in bounded batches.
    func tick(by worker: WorkerID) async throws(StoreError) -> TickReport

    /// Tells, until the calling task is cancelled, of moments at which something is due that the report of the last tick could not
    /// know of: a delayed start or an execution timeout of less than about a second. Whoever ticks at least once a second misses
    /// nothing without it, but is late. A store may tell of some twice, and of some not.
    ///
    /// - Parameter onNews: Called with each moment. Must not block.
    func watchDue(_ onNews: @escaping @Sendable (Timestamp) -> Void) async

    /// Says that workers are dead, for whoever saw their process end: the next tick takes their work over, and does not wait for
    /// the lease to run out. Workers that are not known, or leave, are passed over; to repeat it changes nothing.
    ///
    /// - Parameter lastWords: What the process wrote when it crashed, as a rule a backtrace. What is charged with this crash and
    ///   given up for it carries it: ``Failure/backtrace``, ``InstanceState/backtrace``. Untrusted text: cut at 32 KiB, or at half
    ///   the size of a payload if that is less, and control characters are replaced.
    /// - Throws: ``StoreError``: `invalidIdentifier`, or of the infrastructure.
    func declareDead(_ workers: [WorkerID], lastWords: String?) async throws(StoreError)

    /// Says that a worker has stopped: everything it holds goes back to the queues at once.
    func leave(_ registration: WorkerRegistration) async throws(StoreError)

    // MARK: Audit

    /// Looks at a bounded part of the store for what contradicts what must always hold. Cheap enough for a store that is busy.
    ///
    /// Goes through the whole store if called with ``AuditReport/next`` until that is `nil`.
    /// - Parameters:
    ///   - cursor: Where the report before ended; `nil`: from the beginning.
    ///   - limit: How many instances to look at, roughly.
    ///   - repair: Whether to repair what can be. What a live worker holds is left alone. Without it nothing is changed.
    /// - Throws: ``StoreError``: `misconfigured` if the cursor is of another store.
    func audit(after cursor: AuditCursor?, limit: Int, repair: Bool) async throws(StoreError) -> AuditReport

    /// Whether the caller is to audit now: one of all who ask within an interval is told so.
    func claimAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool

    /// Keeps others from auditing for another interval, for whoever was told to and has not come to the end yet.
    ///
    /// - Returns: `false` if it is not this worker's turn any more: another one audits, or is to begin anew.
    func renewAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool

    /// The store's clock, as well as it is known here: never ahead of it, never going back.
    var now: Timestamp { get }

    /// What waits by this store's time; virtual in tests.
    var clock: any Clock<Duration> & Sendable { get }
}

extension WorkflowStore {
    /// Does nothing, as it is right for a store whose answers cannot be lost.
    public func handBackUnseen(_ registration: WorkerRegistration) async throws(StoreError) {}

    /// Tells of nothing.
    public func watchDue(_ onNews: @escaping @Sendable (Timestamp) -> Void) async {}

    /// A few seconds.
    public var pollDuration: Duration { .seconds(5) }

    /// Keeps a registered worker alive; see ``keepAlive(_:onBeat:)``.
    public func keepAlive(_ registration: WorkerRegistration) async { await keepAlive(registration) {} }

    /// The events of the last execution of an instance; see ``history(of:execution:after:limit:)``.
    public func history(of instance: InstanceID, after number: Int, limit: Int) async throws(StoreError) -> [Event] {
        try await history(of: instance, execution: nil, after: number, limit: limit)
    }

    /// All activities of an instance that have no outcome yet, in the order of their commands, read in pages: what ends or begins
    /// meanwhile may be among them or not.
    ///
    /// - Throws: ``StoreError``: `instanceNotFound`.
    public func pendingActivities(of instance: InstanceID) async throws(StoreError) -> [PendingActivity] {
        var all: [PendingActivity] = []
        var cursor: CommandID?
        repeat {
            let page = try await pendingActivities(of: instance, after: cursor, limit: 1_000)
            all += page.activities
            cursor = page.next
        } while cursor != nil
        return all
    }

    /// Puts a workflow task back; see ``postpone(_:by:delay:problem:unknown:)``.
    public func postpone(
        _ task: WorkflowTask,
        by worker: WorkerID,
        delay: Duration,
        problem: String?
    ) async throws(StoreError) {
        try await postpone(task, by: worker, delay: delay, problem: problem, unknown: nil)
    }

    /// Puts an activity back; see ``handBack(_:by:delay:unknown:)``.
    public func handBack(_ task: ActivityTask, by worker: WorkerID, delay: Duration) async throws(StoreError) {
        try await handBack(task, by: worker, delay: delay, unknown: nil)
    }
}
