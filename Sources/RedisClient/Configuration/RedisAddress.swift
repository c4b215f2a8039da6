/// Where a Redis server listens.
public enum RedisAddress: Sendable, Hashable, CustomStringConvertible {
    /// A host name or IP address (IPv6 without brackets) and a TCP port.
    case tcp(host: String, port: Int)

    /// The path of a Unix domain socket.
    case unix(path: String)

    /// Whatever server is the master of that name now. The sentinels are asked for every new connection, one after the other
    /// until one knows, and the server has to say itself that it is the master. See
    /// ``RedisConfiguration/sentinelPassword``.
    case sentinel(master: String, sentinels: [RedisAddress])

    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        case .sentinel(let master, let sentinels):
            "master \(master) of the sentinels \(sentinels.map(\.description).joined(separator: ", "))"
        }
    }
}
