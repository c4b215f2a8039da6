internal import AloftCore
internal import Testing

// That nothing waits cannot be seen by waiting. These put something at the end of each queue and take what is before it.
extension Bench {
    /// Takes every workflow task that waits in the queues of a worker, and in its own.
    func everyTask(for worker: WorkerRegistration) async throws -> [WorkflowTask] {
        var found: [WorkflowTask] = []
        // Twice: a store may look at one of several queues first.
        for queue in worker.workflowQueues + worker.workflowQueues {
            let last = try await start(on: queue)
            var isLast = false
            while !isLast {
                let tasks = try await patiently("a task at the end of the queue comes") { [store] in
                    let tasks = try await store.nextWorkflowTasks(for: worker, limit: 10)
                    return tasks.isEmpty ? nil : tasks
                }
                for task in tasks {
                    guard task.instance == last.instance else {
                        found.append(task)
                        continue
                    }
                    try await commit(try await load(task, by: worker).transition().completing())
                    isLast = true
                }
            }
        }
        return found
    }

    /// Takes every activity task that waits in the queues of a worker.
    func everyActivity(for worker: WorkerRegistration) async throws -> [ActivityTask] {
        let queue: TaskQueue = "bench-\(nextNumber())"
        let helper = try await self.worker(workflows: [queue], activities: [])
        var found: [ActivityTask] = []
        for target in worker.activityQueues + worker.activityQueues {
            let last = try await begin(on: queue, by: helper) { $0.scheduling(1, on: target) }
            var isLast = false
            while !isLast {
                let tasks = try await patiently("an activity at the end of the queue comes") { [store] in
                    let tasks = try await store.nextActivityTasks(for: worker, limit: 10)
                    return tasks.isEmpty ? nil : tasks
                }
                for task in tasks where task.instance != last.instance { found.append(task) }
                guard let task = tasks.first(where: { $0.instance == last.instance }) else { continue }
                _ = try await store.finish(task, by: worker.worker, outcome: .completed(.none))
                try await commit(try await take(by: helper).transition().completing())
                isLast = true
            }
        }
        try await leave(helper)
        return found
    }
}
