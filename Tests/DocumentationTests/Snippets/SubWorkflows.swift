import Aloft

struct PrintLabel: Workflow {
    func run(_ context: WorkflowContext, _ order: Order) async throws -> String { "label" }
}

struct Ship: Workflow {
    static let priority = Signal<Int>("priority")
    func run(_ context: WorkflowContext, _ order: Order) async throws -> String { "shipped" }
}

struct Deliver: Workflow {
    func run(_ context: WorkflowContext, _ order: Order) async throws -> String {
        async let label = context.subWorkflow(PrintLabel.self, order)
        let shipment = try await context.subWorkflow(
            Ship.self,
            order,
            options: SubWorkflowOptions(id: "shipment-of-\(context.instance)", queue: "shipping")
        )
        return try await "\(label) \(shipment)"
    }
}

struct DeliverLater: Workflow {
    func run(_ context: WorkflowContext, _ order: Order) async throws -> String {
        let courier = try await context.startSubWorkflow(Ship.self, order, options: .init(closePolicy: .abandon))
        try await courier.signal(Ship.priority, 1)
        let result = try await courier.result()
        return result
    }
}
