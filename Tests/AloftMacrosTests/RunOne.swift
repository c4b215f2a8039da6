#if Macros
import Aloft
import AloftTesting
import Logging

/// Runs one instance to its end. - Returns: Its result and the activities it scheduled.
func run<W: Workflow>(
    _ workflow: W.Type,
    _ input: W.Input,
    @WorkerBuilder _ components: () -> [WorkerComponent]
) async throws -> (W.Output, [EventBody.ActivityScheduled]) {
    let store = MemoryStore()
    let client = WorkflowClient(store: store)
    let components = components() + [.workflow(workflow)]
    let worker = Worker(store: store, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { components }
    let running = Task { try await worker.run() }
    let handle = try await client.start(workflow, input)
    let result = try await handle.result()
    let activities = try await handle.history().compactMap { event in
        if case .activityScheduled(let scheduled) = event.body { scheduled } else { nil }
    }
    running.cancel()
    try await running.value
    return (result, activities)
}
#endif
