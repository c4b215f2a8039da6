/// A reply of the server.
public enum RedisValue: Sendable, Hashable {
    /// Nothing: a key that does not exist, a blocking command whose time ran out.
    case null

    case integer(Int64)

    /// A status such as `OK`.
    case simple(String)

    case bulk([UInt8])

    case array([RedisValue])

    /// An error inside a pipeline or an array. `send` and `run` throw it instead.
    case error(RedisServerError)
}
