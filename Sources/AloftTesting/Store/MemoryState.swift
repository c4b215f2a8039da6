internal import AloftCore
internal import DequeModule

/// What a memory store knows, as a plain value. Each method is one call of `WorkflowStore`, atomic by its nature: it
/// checks everything before it changes anything.
///
/// What always holds (and ``violations`` checks):
/// - An open instance has a workflow task exactly if its inbox is not empty.
/// - That task is in one queue, held by one living worker, postponed, or quarantined.
/// - An open instance knows each of its open sub-workflows, and each of these its parent.
/// - An activity in flight is in one queue, leased to one living worker, or waits for its retry.
/// - Queues, due list and instances mention each other one to one; nothing else is in them.
struct MemoryState: Sendable {
    struct Limits: Sendable {
        var leaseDuration: Duration
        var retention: Duration
        var payloadBytes: Int
        var historyLength: Int
        var inboxLength: Int
        /// How long the history of an execution is kept that has continued as new.
        var continuedRetention: Duration
        /// How many inputs are handed out at a time.
        var inputs = 100
        /// How many things one tick does, of each sort.
        var batch = 100
    }

    struct Worker: Sendable {
        var number: Int
        /// As it last said.
        var registration: WorkerRegistration
        var since: Timestamp
        var lastBeat: Timestamp
        /// Declared dead; known only until all its work has been taken over.
        var isDead = false
        /// What its process wrote when it crashed, if somebody caught that.
        var lastWords: LastWords?
        /// The suspects that it has begun to run and that are not cleared.
        var trials: Set<Suspect> = []
    }

    /// What waiting callers may be waiting for.
    enum Wake: Sendable {
        case queued(QueuePlace)
        case workerGone(WorkerID)
        case finished(InstanceID, Completion)
        case removed(InstanceID)
    }

    let limits: Limits
    var now: Timestamp
    var instances: [InstanceID: MemoryInstance] = [:]
    var queues = QueueList()
    var due = DueList()
    var workers: [WorkerID: Worker] = [:]
    var unknown: [UnknownName: UnknownPeriod] = [:]
    /// What instances have done to each other and is not yet carried out; empty between calls.
    var messages: Deque<MemoryMessage> = []
    var isPassingOn = false
    private var wakes: [Wake] = []
    private var lastNumber = 0

    init(limits: Limits, now: Timestamp) {
        self.limits = limits
        self.now = now
    }

    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    mutating func wake(_ wake: Wake) { wakes.append(wake) }

    mutating func takeWakes() -> [Wake] {
        defer { wakes = [] }
        return wakes
    }

    func isAlive(_ worker: WorkerID) -> Bool {
        workers[worker].map { !$0.isDead } ?? false
    }

    func existing(_ instance: InstanceID) throws(StoreError) -> MemoryInstance {
        guard let found = instances[instance] else { throw .notFound(instance) }
        return found
    }
}

extension StoreError {
    static func notFound(_ instance: InstanceID) -> StoreError {
        StoreError(.instanceNotFound, "there is no instance \"\(instance)\"")
    }

    static func noExecution(_ execution: ExecutionID, of instance: InstanceID) -> StoreError {
        StoreError(.instanceNotFound, "instance \"\(instance)\" has no execution \(execution) any more")
    }

    static func finished(_ state: InstanceState) -> StoreError {
        StoreError(
            .instanceFinished,
            "instance \"\(state.instance)\" is \(state.status) and takes no more inputs"
        )
    }
}
