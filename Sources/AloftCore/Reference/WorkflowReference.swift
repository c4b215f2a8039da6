/// A workflow by name and types, for a client that does not have its code.
public struct WorkflowReference<Input: Sendable, Output: Sendable>: Sendable {
    /// The registered name.
    public let name: String
    public init(_ name: String) { self.name = name }
}

/// An activity by name and types, for a workflow that does not have its code.
public struct ActivityReference<Input: Sendable, Output: Sendable>: Sendable {
    /// The registered name.
    public let name: String
    public init(_ name: String) { self.name = name }
}
