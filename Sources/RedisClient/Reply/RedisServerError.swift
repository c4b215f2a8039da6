/// An error that the server replied.
public struct RedisServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reply without its leading dash, such as `WRONGTYPE Operation against a key …`.
    public let message: String

    public init(message: String) {
        self.message = message
    }

    /// The first word, such as `WRONGTYPE`, `OOM`, `READONLY`, `NOSCRIPT`, `LOADING` or `ERR`.
    public var code: String {
        String(message.prefix { $0 != " " })
    }

    public var description: String { message }
}
