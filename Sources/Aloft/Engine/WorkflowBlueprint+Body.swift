package import AloftCore

extension WorkflowBlueprint {
    /// Workflow code that is not a type: what stands in for a workflow in a test.
    package init(
        name: String,
        typeName: String,
        body: @escaping @Sendable (WorkflowContext, Payload) async throws -> Payload
    ) {
        self.name = name
        self.typeName = typeName
        self.body = body
    }
}
