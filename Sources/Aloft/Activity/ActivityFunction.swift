public import AloftCore

/// An activity that is a closure under a name.
///
/// ```swift
/// let worker = Worker(store: store) {
///     ActivityFunction("greet") { (name: String) in "Hello, \(name)!" }
/// }
/// // in a workflow
/// try await context.activity(ActivityReference<String, String>("greet"), "Ada")
/// ```
public struct ActivityFunction<Input: Sendable, Output: Sendable>: Sendable {
    /// The name under which it is registered.
    public let name: String
    let body: @Sendable (ActivityContext, Input) async throws -> Output

    public init(_ name: String, _ body: @escaping @Sendable (ActivityContext, Input) async throws -> Output) {
        self.name = name
        self.body = body
    }

    public init(_ name: String, _ body: @escaping @Sendable (Input) async throws -> Output) {
        self.init(name) { _, input in try await body(input) }
    }

    public init(_ name: String, _ body: @escaping @Sendable () async throws -> Output) where Input == Void {
        self.init(name) { _, _ in try await body() }
    }

    /// Registers a closure under a name and types that workflows share.
    public init(
        _ reference: ActivityReference<Input, Output>,
        _ body: @escaping @Sendable (ActivityContext, Input) async throws -> Output
    ) {
        self.init(reference.name, body)
    }
}
