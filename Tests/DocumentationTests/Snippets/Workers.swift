import Aloft

enum WorkerSnippets {
    static func machines(_ store: any WorkflowStore) -> [Worker] {
        let decides = Worker(store: store, queues: ["orders"], options: WorkerOptions(servesActivities: false)) {
            Deliver.self
            PayOrder.self
        }
        let works = Worker(
            store: store,
            queues: ["orders", "gateway"],
            options: WorkerOptions(servesWorkflows: false, maximumActivities: 20)
        ) {
            Charge()
            Refund()
        }
        return [decides, works]
    }
}
