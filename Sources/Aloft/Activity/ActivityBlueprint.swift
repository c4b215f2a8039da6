package import AloftCore

/// A registered activity without its types: what a worker needs to run it.
package struct ActivityBlueprint: Sendable {
    /// The registered name.
    package let name: String
    /// The Swift type, for messages.
    package let typeName: String
    /// `nil` if nothing is measured.
    var metrics: ActivityMetrics?
    package let body: @Sendable (ActivityContext, Payload) async throws -> Payload

    package init<Input: Sendable, Output: Sendable>(
        name: String,
        typeName: String,
        coder: PayloadCoder,
        _ run: @escaping @Sendable (ActivityContext, Input) async throws -> Output
    ) {
        self.name = name
        self.typeName = typeName
        body = { context, payload in
            let input: Input
            do {
                input = try coder.decode(Input.self, from: payload)
            } catch {
                // What cannot be read now will not become readable by trying again.
                throw PermanentError(error)
            }
            let output = try await run(context, input)
            do {
                return try coder.encode(output)
            } catch {
                throw PermanentError(error)
            }
        }
    }
}
