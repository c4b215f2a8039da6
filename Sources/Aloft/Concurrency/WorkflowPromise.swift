/// A future that the workflow's own code settles.
///
/// ```swift
/// let decision = context.promise(of: Bool.self)
/// // in one task:
/// decision.fulfil(true)
/// // in another:
/// if try await decision.future.value { … }
/// ```
public struct WorkflowPromise<Value: Sendable>: Sendable {
    /// What is awaited.
    public let future: WorkflowFuture<Value>

    /// Gives the future its value.
    ///
    /// - Returns: Whether the future was open; the first who settles it wins.
    @discardableResult
    public func fulfil(_ value: Value) -> Bool { settle(.success(value)) }

    /// Lets everybody who awaits the future have an error.
    ///
    /// - Returns: As ``fulfil(_:)``.
    @discardableResult
    public func fail(_ error: any Error) -> Bool { settle(.failure(error)) }

    private func settle(_ outcome: Result<Value, any Error>) -> Bool {
        future.execution.admits("promise") && future.complete(outcome)
    }
}

extension WorkflowPromise where Value == Void {
    /// Settles a future that has nothing to tell but that it is done.
    @discardableResult
    public func fulfil() -> Bool { fulfil(()) }
}
