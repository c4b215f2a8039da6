public import AloftCore

/// A live worker as it is shown.
public struct WorkerView: Hashable, Sendable, Codable {
    public var worker: String
    /// Host name and process id.
    public var host: String
    public var since: Moment?
    public var lastBeat: Moment
    /// How long ago it last said that it is alive.
    public var heartbeatMilliseconds: Int64
    public var workflowQueues: [String]
    public var activityQueues: [String]
    /// The names that it can run.
    public var workflows: [String]
    public var activities: [String]
    /// Instances that it has in memory or runs activities of.
    public var instances: Int
    /// Tasks that it took from queues and has not ended.
    public var tasks: Int

    public init(_ state: WorkerState, now: Timestamp) {
        let registration = state.registration
        worker = registration.worker.rawValue
        host = registration.host
        since = state.since?.moment
        lastBeat = state.lastBeat.moment
        heartbeatMilliseconds = max(0, (now - state.lastBeat).milliseconds)
        workflowQueues = registration.workflowQueues.map(\.rawValue)
        activityQueues = registration.activityQueues.map(\.rawValue)
        workflows = registration.workflows
        activities = registration.activities
        instances = state.instances
        tasks = state.tasks
    }

    /// Every queue that it serves, each once.
    public var queues: [String] { workflowQueues + activityQueues.filter { !workflowQueues.contains($0) } }
}
