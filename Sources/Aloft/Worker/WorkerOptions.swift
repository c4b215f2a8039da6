/// How much a worker takes on.
public struct WorkerOptions: Sendable {
    /// Whether it takes workflow tasks.
    public var servesWorkflows: Bool
    /// Whether it takes activity tasks.
    public var servesActivities: Bool
    /// Workflow tasks at a time; at least 1.
    public var maximumWorkflowTasks: Int
    /// Activities at a time; at least 1.
    public var maximumActivities: Int
    /// Executions that are kept in memory between their tasks, so that they need not be replayed; 0 keeps none.
    public var maximumResidents: Int
    /// Whether activities that this worker can run itself are leased to it with the transition that schedules them.
    public var eagerActivities: Bool
    /// How long running activities may go on when the worker is told to stop. Then they are cancelled and handed back.
    public var gracePeriod: Duration
    /// After how long a workflow task that failed through no fault of the store's is tried again; at least 10 milliseconds.
    public var problemRetryInterval: Duration
    /// How long an activity whose type no live worker of its queue knows waits for one that does, before it fails with kind
    /// `unknownType`; `nil`: for ever.
    public var unknownActivityLimit: Duration?
    /// The same for instances whose workflow nobody knows. They wait for ever by default: a deployment helps them.
    public var unknownWorkflowLimit: Duration?
    /// How long workflow code may hold its thread before that is reported and its task put back: it loops, or
    /// blocks. At least 10 milliseconds.
    public var stallLimit: Duration
    /// How often the fleet looks for what was lost, as after a crash of the store, and repairs it; one worker does it for all.
    /// `nil`: this worker never does.
    public var auditInterval: Duration?
    /// How often this worker looks at the queues of the store, if it was given somebody to tell the metrics to; at least 10
    /// milliseconds. `nil`: never.
    public var queueSampleInterval: Duration?
    /// How long something is watched that was met by one crash; six times as long after each further one.
    package var firstTrial = Duration.seconds(5)

    public init(
        servesWorkflows: Bool = true,
        servesActivities: Bool = true,
        maximumWorkflowTasks: Int = 100,
        maximumActivities: Int = 100,
        maximumResidents: Int = 1_000,
        eagerActivities: Bool = true,
        gracePeriod: Duration = .seconds(10),
        problemRetryInterval: Duration = .seconds(5),
        unknownActivityLimit: Duration? = .seconds(60),
        unknownWorkflowLimit: Duration? = nil,
        stallLimit: Duration = .seconds(10),
        auditInterval: Duration? = .seconds(300),
        queueSampleInterval: Duration? = .seconds(15)
    ) {
        self.servesWorkflows = servesWorkflows
        self.servesActivities = servesActivities
        self.maximumWorkflowTasks = maximumWorkflowTasks
        self.maximumActivities = maximumActivities
        self.maximumResidents = maximumResidents
        self.eagerActivities = eagerActivities
        self.gracePeriod = gracePeriod
        self.problemRetryInterval = problemRetryInterval
        self.unknownActivityLimit = unknownActivityLimit
        self.unknownWorkflowLimit = unknownWorkflowLimit
        self.stallLimit = stallLimit
        self.auditInterval = auditInterval
        self.queueSampleInterval = queueSampleInterval
    }
}

extension WorkerOptions {
    /// The same with numbers that make sense: a pause of nothing would make a worker spin, a negative one trap or end at once, and
    /// clocks do not take more than some hundred years.
    package var bounded: WorkerOptions {
        var options = self
        options.maximumResidents = max(0, maximumResidents)
        options.gracePeriod = gracePeriod.boundedForSleep
        options.problemRetryInterval = max(.milliseconds(10), problemRetryInterval.boundedForSleep)
        options.stallLimit = max(.milliseconds(10), stallLimit.boundedForSleep)
        options.queueSampleInterval = queueSampleInterval.map { max(.milliseconds(10), $0.boundedForSleep) }
        options.auditInterval = auditInterval.map { max(.milliseconds(10), $0.boundedForSleep) }
        return options
    }
}
