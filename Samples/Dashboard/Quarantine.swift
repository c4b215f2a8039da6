import AloftCore

/// Lets an instance kill its workers until it is quarantined: workers that are here only by their registration, and are silent
/// as soon as they have begun.
enum Quarantine {
    static func fill(_ store: any WorkflowStore, _ instance: InstanceID) async throws {
        let queue: TaskQueue = "experiments"
        let start = InstanceStart(
            instance: instance,
            workflow: "PriceOptimiser",
            queue: queue,
            input: Payload(bytes: Array("{\"model\":\"v2-beta\"}".utf8), encoding: .json)
        )
        guard case .started = try await store.start(start) else { return }
        while try await store.state(of: instance)?.isQuarantined == false {
            let worker = WorkerRegistration(workflowQueues: [queue], activityQueues: [], host: "worker-7:4711")
            _ = try await store.beat(worker, isFirst: true)
            // It waits for a task for as long as it may be silent, so its lease may be over: then the next one tries.
            try? await begin(store, worker)
            // Its death is noticed by the workers that live.
            try await Task.sleep(for: store.leaseDuration)
        }
    }

    private static func begin(_ store: any WorkflowStore, _ worker: WorkerRegistration) async throws {
        for task in try await store.nextWorkflowTasks(for: worker, limit: 1) {
            let suspect = Suspect(instance: task.instance, execution: task.execution)
            try await store.setTrial(of: suspect, by: worker.worker, isOn: true)
        }
    }
}
