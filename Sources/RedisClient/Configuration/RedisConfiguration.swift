/// Everything a client needs to know to reach a server, and the limits it keeps.
///
/// Printing a configuration never shows the password.
public struct RedisConfiguration: Sendable {
    /// Where the server listens.
    public var address: RedisAddress

    /// The user of `AUTH`; `nil` means the server's default user.
    public var username: String?

    /// The password of `AUTH`; with `nil` and no user name, no `AUTH` is sent.
    public var password: String?

    /// The user and the password of the sentinels of ``RedisAddress/sentinel(master:sentinels:)``, which have their own. TLS is
    /// used there if it is set for the server. Default: `nil`, no `AUTH` is sent to them.
    public var sentinelUsername: String?
    public var sentinelPassword: String?

    /// The database selected on every connection. Default: 0.
    public var database: Int

    /// The name shown by `CLIENT LIST`. Characters that Redis refuses there are replaced by dashes.
    public var clientName: String?

    /// Set to encrypt the connection.
    public var tls: RedisTLSConfiguration?

    /// The longest time for one attempt to connect: name look-up, TCP, TLS, `AUTH` and so on. Default: 5 s.
    public var connectTimeout: Duration

    /// The deadline of a command that brings none of its own, waiting for a connection included. Default: 10 s.
    ///
    /// A connection on which a command is overdue and which brought nothing for this long is closed and built anew.
    public var commandTimeout: Duration

    /// How often the connection of a subscriber is checked with a `PING`. Default: 10 s.
    public var keepAliveInterval: Duration

    /// The waits between attempts to connect.
    public var backoff: RedisBackoff

    /// The largest reply that is accepted, in bytes, up to 1 GiB. Default: 64 MiB. A larger one closes the connection
    /// before it is buffered.
    public var maximumReplyBytes: Int

    /// The number of commands that may wait for their replies or for a connection. Default: 65,536. Further ones fail
    /// at once.
    public var maximumPendingCommands: Int

    /// Told what the connections do. Default: `nil`.
    public var observer: (any RedisObserver)?

    /// What the server has to prove on every connection, at the end of the handshake.
    package var checks: [ConnectionCheck] = []

    /// A configuration for `address` with every other value at its default.
    public init(address: RedisAddress = .tcp(host: "127.0.0.1", port: 6379)) {
        self.address = address
        self.database = 0
        self.connectTimeout = .seconds(5)
        self.commandTimeout = .seconds(10)
        self.keepAliveInterval = .seconds(10)
        self.backoff = RedisBackoff()
        self.maximumReplyBytes = 64 << 20
        self.maximumPendingCommands = 65_536
    }

    /// hiredis 0.14 counts some buffer positions in 32 bits.
    var replyLimit: Int { min(max(maximumReplyBytes, 1), 1 << 30) }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        let user = username.map { " user \($0)" } ?? ""
        let secret = password == nil ? "" : " with password"
        return "\(tls == nil ? "redis" : "rediss") \(address) database \(database)\(user)\(secret)"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror {
        Mirror(self, children: ["summary": description])
    }
}
