import Aloft

enum StartingSnippets {
    static func start(_ client: WorkflowClient) async throws -> InstanceHandle<Int> {
        let handle = try await client.start(
            Subscription.self,
            1,
            id: "subscription-42",
            queue: "billing",
            options: StartOptions(
                moment: .after(.seconds(3600)),
                executionTimeout: .seconds(365 * 24 * 3600),
                memo: ["customer": "42"],
                conflictPolicy: .useExisting,
                reusePolicy: .allowIfFailed
            )
        )
        return handle
    }

    static func release(_ client: WorkflowClient) async throws {
        for try await state in client.instances(matching: InstanceFilter(isQuarantined: true)) {
            print(state.instance, state.workflow, state.problem ?? "")
        }
        try await client.releaseQuarantined(matching: InstanceFilter(workflow: "Deliver"))
    }

    static func find(_ client: WorkflowClient) async throws -> String {
        let failed = InstanceFilter(statuses: [.failed], workflow: "Subscription")
        for try await instance in client.instances(matching: failed) {
            print(instance.instance, instance.createdAt.date, instance.memo)
        }
        let counts = try await client.instanceCounts()
        let queues = try await client.queueStates()
        return "\(counts) \(queues)"
    }
}
