import Aloft
import Synchronization

/// A store whose line can be cut: what a worker sees of a network that is gone, and what others see of a worker that is.
final class SeveredStore: WorkflowStore {
    private let base: any WorkflowStore
    private let isCut = Mutex(false)

    init(_ base: any WorkflowStore) { self.base = base }

    var isDown: Bool { isCut.withLock { $0 } }
    func cut() { isCut.withLock { $0 = true } }
    func mend() { isCut.withLock { $0 = false } }

    private func check() throws(StoreError) {
        guard !isCut.withLock({ $0 }) else { throw StoreError(.unavailable, "the line is cut") }
    }

    /// Makes a call; the answer is lost if the line is cut meanwhile.
    private func call<Value>(_ body: () async throws(StoreError) -> Value) async throws(StoreError) -> Value {
        try check()
        let value = try await body()
        guard !isCut.withLock({ $0 }) else { throw StoreError(.outcomeUnknown, "the line was cut") }
        return value
    }

    var leaseDuration: Duration { base.leaseDuration }
    var now: Timestamp { base.now }
    var clock: any Clock<Duration> & Sendable { base.clock }

    func start(_ start: InstanceStart) async throws(StoreError) -> StartOutcome {
        try check()
        return try await base.start(start)
    }

    func deliver(
        _ input: EventBody,
        to instance: InstanceID,
        execution: ExecutionID?,
        id: String?
    ) async throws(StoreError) {
        try check()
        try await base.deliver(input, to: instance, execution: execution, id: id)
    }

    func state(of instance: InstanceID) async throws(StoreError) -> InstanceState? {
        try check()
        return try await base.state(of: instance)
    }

    func history(
        of instance: InstanceID,
        execution: ExecutionID?,
        after number: Int,
        limit: Int
    ) async throws(StoreError) -> [Event] {
        try check()
        return try await base.history(of: instance, execution: execution, after: number, limit: limit)
    }

    func removeFinished(
        _ statuses: Set<InstanceStatus>,
        before moment: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Removal {
        try check()
        return try await base.removeFinished(statuses, before: moment, limit: limit)
    }

    func terminate(_ instance: InstanceID, execution: ExecutionID?, reason: String) async throws(StoreError) {
        try check()
        try await base.terminate(instance, execution: execution, reason: reason)
    }

    func liftQuarantine(of instances: [InstanceID]) async throws(StoreError) -> Int {
        try check()
        return try await base.liftQuarantine(of: instances)
    }

    func instances(
        matching filter: InstanceFilter,
        after cursor: InstanceCursor?,
        limit: Int
    ) async throws(StoreError) -> InstancePage {
        try check()
        return try await base.instances(matching: filter, after: cursor, limit: limit)
    }

    func instanceCounts() async throws(StoreError) -> [InstanceStatus: Int] {
        try check()
        return try await base.instanceCounts()
    }

    func quarantinedCount() async throws(StoreError) -> Int {
        try check()
        return try await base.quarantinedCount()
    }

    func queueStates() async throws(StoreError) -> [QueueState] {
        try check()
        return try await base.queueStates()
    }

    func pendingActivities(
        of instance: InstanceID,
        after command: CommandID?,
        limit: Int
    ) async throws(StoreError) -> PendingActivityPage {
        try check()
        return try await base.pendingActivities(of: instance, after: command, limit: limit)
    }

    func recentlyFinished(_ statuses: Set<InstanceStatus>, limit: Int) async throws(StoreError) -> [InstanceState] {
        try check()
        return try await base.recentlyFinished(statuses, limit: limit)
    }

    func retryNow(_ command: CommandID, of instance: InstanceID) async throws(StoreError) -> Bool {
        try check()
        return try await base.retryNow(command, of: instance)
    }

    func workers() async throws(StoreError) -> [WorkerState] {
        try check()
        return try await base.workers()
    }

    func work(of worker: WorkerID, limit: Int) async throws(StoreError) -> [HeldWork] {
        try check()
        return try await base.work(of: worker, limit: limit)
    }

    var limits: StoreLimits { base.limits }

    func completion(of instance: InstanceID) async throws(StoreError) -> Completion {
        try check()
        return try await base.completion(of: instance)
    }

    func remove(_ instance: InstanceID) async throws(StoreError) {
        try check()
        try await base.remove(instance)
    }

    func beat(_ registration: WorkerRegistration, isFirst: Bool) async throws(StoreError) -> Bool {
        try check()
        return try await base.beat(registration, isFirst: isFirst)
    }

    func keepAlive(_ registration: WorkerRegistration, onBeat: @escaping @Sendable () -> Void) async {
        while !Task.isCancelled {
            try? await clock.sleep(for: leaseDuration / 4)
            guard (try? await beat(registration, isFirst: false)) == true else { return }
            onBeat()
        }
    }

    func nextWorkflowTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) async throws(StoreError) -> [WorkflowTask] {
        try await call { () throws(StoreError) in
            try await base.nextWorkflowTasks(for: registration, limit: limit)
        }
    }

    func nextActivityTasks(
        for registration: WorkerRegistration,
        limit: Int
    ) async throws(StoreError) -> [ActivityTask] {
        try await call { () throws(StoreError) in
            try await base.nextActivityTasks(for: registration, limit: limit)
        }
    }

    func load(_ task: WorkflowTask) async throws(StoreError) -> LoadedExecution? {
        try check()
        return try await base.load(task)
    }

    func commit(_ transition: Transition) async throws(StoreError) -> CommitOutcome {
        try await call { () throws(StoreError) in try await base.commit(transition) }
    }

    func postpone(
        _ task: WorkflowTask,
        by worker: WorkerID,
        delay: Duration,
        problem: String?,
        unknown: UnknownType?
    ) async throws(StoreError) {
        try check()
        try await base.postpone(task, by: worker, delay: delay, problem: problem, unknown: unknown)
    }

    func finish(_ task: ActivityTask, by worker: WorkerID, outcome: ActivityOutcome) async throws(StoreError) -> Bool {
        try await call { () throws(StoreError) in try await base.finish(task, by: worker, outcome: outcome) }
    }

    func handBack(
        _ task: ActivityTask,
        by worker: WorkerID,
        delay: Duration,
        unknown: UnknownType?
    ) async throws(StoreError) {
        try check()
        try await base.handBack(task, by: worker, delay: delay, unknown: unknown)
    }

    func setTrial(of suspect: Suspect, by worker: WorkerID, isOn: Bool) async throws(StoreError) {
        try check()
        try await base.setTrial(of: suspect, by: worker, isOn: isOn)
    }

    func handBackUnseen(_ registration: WorkerRegistration) async throws(StoreError) {
        try check()
        try await base.handBackUnseen(registration)
    }

    func release(_ instances: [InstanceID], by worker: WorkerID) async throws(StoreError) {
        try check()
        try await base.release(instances, by: worker)
    }

    func tick(by worker: WorkerID) async throws(StoreError) -> TickReport {
        try check()
        return try await base.tick(by: worker)
    }

    func watchDue(_ onNews: @escaping @Sendable (Timestamp) -> Void) async { await base.watchDue(onNews) }

    func declareDead(_ workers: [WorkerID], lastWords: String?) async throws(StoreError) {
        try check()
        try await base.declareDead(workers, lastWords: lastWords)
    }

    func leave(_ registration: WorkerRegistration) async throws(StoreError) {
        try check()
        try await base.leave(registration)
    }

    func audit(after cursor: AuditCursor?, limit: Int, repair: Bool) async throws(StoreError) -> AuditReport {
        try check()
        return try await base.audit(after: cursor, limit: limit, repair: repair)
    }

    func claimAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool {
        try check()
        return try await base.claimAudit(by: worker, every: interval)
    }

    func renewAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool {
        try check()
        return try await base.renewAudit(by: worker, every: interval)
    }
}
