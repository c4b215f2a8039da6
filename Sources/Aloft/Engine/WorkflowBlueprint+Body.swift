package import AloftCore

extension WorkflowBlueprint {
    /// Workflow code that is a closure: what stands in for a workflow in a test.
    package init<Input: Sendable, Output: Sendable>(
        name: String,
        typeName: String,
        coder: PayloadCoder,
        _ run: @escaping @Sendable (WorkflowContext, Input) async throws -> Output
    ) {
        self.name = name
        self.typeName = typeName
        inputType = ObjectIdentifier(Input.self)
        inputTypeName = "\(Input.self)"
        body = { context, payload in
            let input: Input
            do {
                input = try coder.decode(Input.self, from: payload)
            } catch {
                // A start that cannot be read will not become readable by trying again.
                throw PermanentError(error)
            }
            return try coder.encode(try await run(context, input))
        }
    }
}
