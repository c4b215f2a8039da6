/// A value was sent into a ``Channel`` that is closed, or was closed while the sender waited. The value was not delivered.
public struct ChannelClosed: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String { "the channel is closed and takes no values" }
}
