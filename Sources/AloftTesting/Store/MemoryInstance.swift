internal import AloftCore
internal import DequeModule

/// Everything a memory store keeps of one instance.
struct MemoryInstance: Sendable {
    /// Grows with every instance that is started; gives sweeps an order.
    let number: Int
    /// With which it was started: a start that is repeated is recognised by it, also after continuations.
    let firstExecution: ExecutionID
    var state: InstanceState
    var retention: Duration
    var history: [Event] = []
    var inbox: Deque<DeliveredInput> = []
    /// The ids of the inputs that had one.
    var deliveries = Deliveries()
    var task: MemoryTask? {
        didSet { state.crashes = task?.crashes ?? 0 }
    }
    var activities: [CommandID: ActivityInFlight] = [:]
    var timers: [CommandID: DueList.Key] = [:]
    /// The open sub-workflows of this execution.
    var children: [CommandID: Child] = [:]
    /// When its execution timeout passes.
    var deadline: DueList.Key?
    /// Histories of executions that have continued as new, as long as they are kept.
    var past: [ExecutionID: PastExecution] = [:]
    var completion: Completion?
    /// The end of its retention, once it has finished.
    var expiry: DueList.Key?
    /// The id of the transition that was applied last.
    var lastTransition: String?

    var isFinished: Bool { completion != nil }

    struct Child: Hashable, Sendable {
        var instance: InstanceID
        var closePolicy: ParentClosePolicy
    }

    struct PastExecution: Sendable {
        var history: [Event]
        /// When it is dropped.
        var expiry: DueList.Key
    }

    /// What the sub-workflow under a command knows as its parent.
    func link(_ command: CommandID) -> ParentLink {
        ParentLink(instance: state.instance, execution: state.execution, command: command)
    }

    /// Whether anything of the instance belongs to the worker.
    func involves(_ worker: WorkerID) -> Bool {
        state.owner == worker || task?.position.worker == worker
            || activities.values.contains { $0.position.worker == worker }
    }
}

/// The workflow task of an instance: it has one as long as its inbox is not empty. That of a delayed start is postponed.
struct MemoryTask: Sendable {
    /// Names the present delivery: it changes whenever the task is queued anew.
    var entry: Int
    /// How many workers died with it in hand since it last made progress.
    var crashes = 0
    var position: Position

    enum Position: Hashable, Sendable {
        case queued(QueuePlace)
        case held(WorkerID)
        case postponed(DueList.Key)
        case quarantined

        /// The worker who has it, or in whose own queue it is.
        var worker: WorkerID? {
            switch self {
            case .held(let worker), .queued(.worker(let worker)): worker
            case .queued, .postponed, .quarantined: nil
            }
        }
    }
}

/// An activity that was scheduled and has no outcome yet.
struct ActivityInFlight: Sendable {
    var scheduled: EventBody.ActivityScheduled
    var queue: TaskQueue
    var lease = ActivityLease()
    /// How the attempt before ended.
    var lastFailure: Failure?
    var position: Position

    enum Position: Hashable, Sendable {
        case queued(entry: Int)
        /// Run by a worker, who took it from a queue, or was given it with the transition that scheduled it.
        case leased(WorkerID, TaskReceipt?)
        /// Waits for a retry.
        case waiting(DueList.Key)

        var worker: WorkerID? {
            if case .leased(let worker, _) = self { worker } else { nil }
        }
    }
}
