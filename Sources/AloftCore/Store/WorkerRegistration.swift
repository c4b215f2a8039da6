/// A worker as the fleet knows it.
public struct WorkerRegistration: Hashable, Sendable {
    public var worker: WorkerID
    /// The queues whose workflow tasks it takes; empty: none.
    public var workflowQueues: [TaskQueue]
    /// The queues whose activity tasks it takes; empty: none.
    public var activityQueues: [TaskQueue]
    /// The registered names of the workflows that it can run.
    public var workflows: [String]
    /// The registered names of the activities that it can run.
    public var activities: [String]
    /// For people: host name and process id.
    public var host: String

    public init(
        worker: WorkerID = .random(),
        workflowQueues: [TaskQueue],
        activityQueues: [TaskQueue],
        workflows: [String] = [],
        activities: [String] = [],
        host: String
    ) {
        self.worker = worker
        self.workflowQueues = workflowQueues
        self.activityQueues = activityQueues
        self.workflows = workflows
        self.activities = activities
        self.host = host
    }

    /// Every queue it serves, each once.
    public var queues: [TaskQueue] {
        workflowQueues + activityQueues.filter { !workflowQueues.contains($0) }
    }
}
