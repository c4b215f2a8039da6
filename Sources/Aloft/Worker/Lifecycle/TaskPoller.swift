internal import AloftCore
internal import Logging

/// Takes tasks from the store, never more than there are free slots for.
struct TaskPoller {
    let environment: SessionEnvironment
    let driver: ExecutionDriver
    let activities: ActivityRunner

    func pollWorkflowTasks() async {
        guard !environment.registration.workflowQueues.isEmpty else { return }
        await poll(environment.workflowSlots, .workflow) { limit throws(StoreError) in
            let tasks = try await environment.store.nextWorkflowTasks(for: environment.registration, limit: limit)
            // Nobody else takes these places.
            _ = environment.workflowSlots.take(upTo: tasks.count)
            for task in tasks { driver.accept(task) }
        }
    }

    func pollActivityTasks() async {
        guard !environment.registration.activityQueues.isEmpty else { return }
        await poll(environment.activitySlots, .activity) { limit throws(StoreError) in
            let tasks = try await environment.store.nextActivityTasks(for: environment.registration, limit: limit)
            // Activities that came with a transition may have taken places meanwhile.
            let count = environment.activitySlots.take(upTo: tasks.count)
            for task in tasks.prefix(count) { activities.start(task, reportingTo: driver) }
            for task in tasks.dropFirst(count) { activities.putBack(task) }
        }
    }

    private func poll(
        _ slots: Slots,
        _ kind: HealthRecord.Kind,
        _ take: (Int) async throws(StoreError) -> Void
    ) async {
        let health = environment.health
        var delay = Duration.milliseconds(50)
        health.beginsAsking(kind)
        while !Task.isCancelled {
            if slots.isFull { health.isFull(kind) }
            let free = await slots.waitForFree()
            guard free > 0 else { return }
            health.hasRoom(kind)
            do throws(StoreError) {
                try await take(free)
                health.wasAnswered(kind)
                delay = .milliseconds(50)
            } catch {
                guard !Task.isCancelled, error.code != .cancelled else { return }
                guard error.code != .leaseLost else { return environment.leaseEnd.open() }
                health.failed(kind, error)
                environment.logger.warning(
                    "could not ask for \(kind) tasks, trying again",
                    metadata: [LogKey.error: "\(error)"]
                )
                try? await environment.store.clock.sleep(for: delay)
                delay = min(delay * 2, .seconds(2))
            }
        }
    }
}
