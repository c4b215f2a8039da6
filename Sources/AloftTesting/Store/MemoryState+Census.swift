internal import AloftCore
internal import DequeModule

/// How much a ``MemoryStore`` holds, for tests that nothing is left behind.
package struct Census: Hashable, Sendable {
    /// Open and finished instances.
    package var instances = 0
    /// Workflow and activity tasks that wait in queues.
    package var queueEntries = 0
    package var activitiesInFlight = 0
    /// Timers, retries, postponed tasks and ends of retention.
    package var dueEntries = 0
    /// Workflow tasks in the hands of workers.
    package var heldTasks = 0
    package var inputs = 0
    package var workers = 0
    /// Histories of executions that have continued as new.
    package var pastExecutions = 0
    /// Workflows and activities that no worker knew when they were last met.
    package var unknownNames = 0
    /// Calls that wait: for tasks, or for an instance to finish.
    package var waiters = 0

    package init() {}
}

extension MemoryState {
    var census: Census {
        var census = Census()
        census.instances = instances.count
        census.queueEntries = queues.count
        census.dueEntries = due.entries.count
        census.workers = workers.count
        census.unknownNames = unknown.count
        for instance in instances.values {
            census.activitiesInFlight += instance.activities.count
            census.inputs += instance.inbox.count
            census.pastExecutions += instance.past.count
            if case .held = instance.task?.position { census.heldTasks += 1 }
        }
        return census
    }
}
