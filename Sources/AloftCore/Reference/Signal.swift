/// The name and type of a signal, shared by those who send and those who receive it.
public struct Signal<Value: Sendable>: Sendable {
    public let name: String
    public init(_ name: String) { self.name = name }
}
