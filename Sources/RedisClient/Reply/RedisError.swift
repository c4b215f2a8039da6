/// Why a command, or a connection, failed.
public struct RedisError: Error, Sendable {
    /// The kind of failure. More may come, so a `switch` needs a `default`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String

        /// A URL or a setting makes no sense.
        public static let invalidConfiguration = Code(description: "invalidConfiguration")
        /// The command is empty, too large, or cannot share a connection. It was not sent.
        public static let invalidCommand = Code(description: "invalidCommand")
        /// No connection could be made: refused, not found, TLS, the server is still loading, …
        public static let connectFailed = Code(description: "connectFailed")
        /// The server did not accept the user or the password, or asks for one.
        public static let authenticationFailed = Code(description: "authenticationFailed")
        /// The connection ended while the command was under way.
        public static let connectionClosed = Code(description: "connectionClosed")
        /// The deadline passed; ``RedisError/mayHaveBeenExecuted`` tells whether the command had been sent.
        public static let timeout = Code(description: "timeout")
        /// ``RedisConfiguration/maximumPendingCommands`` are waiting already. The command was not sent.
        public static let tooManyPendingCommands = Code(description: "tooManyPendingCommands")
        /// The task that waited was cancelled.
        public static let cancelled = Code(description: "cancelled")
        /// The client has been shut down.
        public static let shutdown = Code(description: "shutdown")
        /// The server sent something that is not the Redis protocol.
        public static let protocolViolation = Code(description: "protocolViolation")
        /// A reply is over ``RedisConfiguration/maximumReplyBytes``.
        public static let replyTooLarge = Code(description: "replyTooLarge")
        /// The server replied with an error; ``RedisError/serverCode`` tells which.
        public static let server = Code(description: "server")
        /// The reply is of another type than the one asked for.
        public static let unexpectedReply = Code(description: "unexpectedReply")
    }

    public var code: Code

    /// The first word of the server's error reply: `WRONGTYPE`, `OOM`, `READONLY`, `NOSCRIPT`, `UNBLOCKED`, …
    public var serverCode: String?

    /// What happened, in words for a log. Never holds a password.
    public var message: String

    /// The error below this one: of the transport, or of the last attempt to connect.
    public var underlying: (any Error)?

    /// The server this is about.
    public var address: RedisAddress?

    /// `false` when the command certainly had no effect. `true` when it had been sent and its outcome is not known,
    /// or when it was answered. An error reply counts as not executed, except for a script, which may have written
    /// before it failed; see ``RedisClient/run(_:keys:arguments:timeout:)``.
    public var mayHaveBeenExecuted: Bool

    public init(
        code: Code,
        message: String,
        serverCode: String? = nil,
        underlying: (any Error)? = nil,
        address: RedisAddress? = nil,
        mayHaveBeenExecuted: Bool = false
    ) {
        self.code = code
        self.message = message
        self.serverCode = serverCode
        self.underlying = underlying
        self.address = address
        self.mayHaveBeenExecuted = mayHaveBeenExecuted
    }

    /// The error for an error reply.
    public init(_ error: RedisServerError, address: RedisAddress? = nil, mayHaveBeenExecuted: Bool = false) {
        self.init(
            code: .server,
            message: error.message,
            serverCode: error.code,
            address: address,
            mayHaveBeenExecuted: mayHaveBeenExecuted
        )
    }

    func at(_ address: RedisAddress, mayHaveBeenExecuted: Bool) -> RedisError {
        var copy = self
        copy.address = address
        copy.mayHaveBeenExecuted = mayHaveBeenExecuted
        return copy
    }
}

extension RedisError: CustomStringConvertible {
    public var description: String {
        let place = address.map { " (\($0))" } ?? ""
        let cause = underlying.map { ", because: \($0)" } ?? ""
        let outcome = mayHaveBeenExecuted ? ", may have been executed" : ""
        return "Redis \(code)\(place): \(message)\(outcome)\(cause)"
    }
}
