package import AloftCore

/// A registered workflow without its types: what the engine needs to run it.
package struct WorkflowBlueprint: Sendable {
    /// The registered name.
    package let name: String
    /// The Swift type, for messages.
    package let typeName: String
    /// What it takes, to tell an input that does not fit.
    let inputType: ObjectIdentifier
    let inputTypeName: String
    /// `nil` if nothing is measured.
    var metrics: WorkflowMetrics?
    let body: @Sendable (WorkflowContext, Payload) async throws -> Payload

    package init<W: Workflow>(_ type: W.Type, coder: PayloadCoder) {
        name = W.name
        typeName = String(reflecting: type)
        inputType = ObjectIdentifier(W.Input.self)
        inputTypeName = "\(W.Input.self)"
        body = { context, payload in
            let input: W.Input
            do {
                input = try coder.decode(W.Input.self, from: payload)
            } catch {
                // A start that cannot be read will not become readable by trying again.
                throw PermanentError(error)
            }
            return try coder.encode(try await W().run(context, input))
        }
    }
}
