import NIOCore

extension RedisClient {
    /// Sends one command and waits for its reply.
    ///
    /// - Parameter timeout: how long to wait, for a connection too; by default
    ///   ``RedisConfiguration/commandTimeout``.
    /// - Throws: ``RedisError``; an error reply has the code ``RedisError/Code/server``. A cancelled task gets
    ///   ``RedisError/Code/cancelled`` at once; the command may still be executed.
    public func send(_ command: RedisCommand, timeout: Duration? = nil) async throws -> RedisValue {
        try await driver.send(command, timeout: timeout)
    }

    /// Sends several commands in one write and waits for all their replies. Commands of other tasks may run before and
    /// after, never in between on this connection; it is not a transaction, though.
    ///
    /// - Returns: one value per command, in their order. Error replies are values of the case ``RedisValue/error(_:)``.
    /// - Throws: ``RedisError`` if the replies did not all come.
    public func pipeline(_ commands: [RedisCommand], timeout: Duration? = nil) async throws -> [RedisValue] {
        try await driver.pipeline(commands, timeout: timeout)
    }
}

extension ConnectionDriver {
    func send(_ command: RedisCommand, timeout: Duration?) async throws -> RedisValue {
        try Self.check(command)
        return try await send(EncodedCommands(command.arguments), timeout: amount(timeout))
    }

    func pipeline(_ commands: [RedisCommand], timeout: Duration?) async throws -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        return try await send(Self.encode(commands), count: commands.count, timeout: amount(timeout))
    }

    static func encode(_ commands: [RedisCommand]) throws(RedisError) -> ByteBuffer {
        var buffer = ByteBuffer()
        for command in commands {
            try check(command)
            try EncodedCommands(command.arguments).write(to: &buffer)
        }
        return buffer
    }

    static func check(_ command: RedisCommand) throws(RedisError) {
        guard RedisCommand.breaksPipelining(command.arguments) else { return }
        let message = "this command does not get one reply; use a subscriber, or another client"
        throw RedisError(code: .invalidCommand, message: message)
    }
}
