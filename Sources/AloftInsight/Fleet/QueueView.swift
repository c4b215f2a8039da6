public import AloftCore

/// A task queue as it is shown.
public struct QueueView: Hashable, Sendable, Codable {
    public var queue: String
    /// Tasks that no worker has taken.
    public var workflowTasks: Int
    public var activityTasks: Int
    /// How long the oldest of each has waited.
    public var oldestWorkflowTaskMilliseconds: Int64?
    public var oldestActivityTaskMilliseconds: Int64?
    /// Live workers that serve it.
    public var workers: Int
    /// How many tasks were put on it; only the difference of two readings tells something. Absent where the store does not
    /// count them.
    public var addedTasks: Int?

    public init(_ state: QueueState, now: Timestamp) {
        func age(_ moment: Timestamp?) -> Int64? { moment.map { max(0, (now - $0).milliseconds) } }
        queue = state.queue.rawValue
        workflowTasks = state.workflowTasks
        activityTasks = state.activityTasks
        oldestWorkflowTaskMilliseconds = age(state.oldestWorkflowTask)
        oldestActivityTaskMilliseconds = age(state.oldestActivityTask)
        workers = state.workers
        addedTasks = state.addedTasks
    }

    public var depth: Int { workflowTasks + activityTasks }

    /// How long the oldest task has waited.
    public var age: Duration? {
        [oldestWorkflowTaskMilliseconds, oldestActivityTaskMilliseconds].compactMap(\.self).max()
            .map { .milliseconds($0) }
    }
}
