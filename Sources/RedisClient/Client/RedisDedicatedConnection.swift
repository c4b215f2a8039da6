/// A connection that nobody else uses, for blocking commands such as `BLPOP`, `XREAD BLOCK` or `WAIT`.
///
/// It is made by its first command and made again when it is lost. When a command that was sent is cancelled or times
/// out, the connection is closed, so that the server does not hand an element to a caller who left; the next command
/// gets a new one. Commands sent at the same time wait for each other, and share that fate.
public final class RedisDedicatedConnection: Sendable {
    let driver: ConnectionDriver

    init(_ driver: ConnectionDriver) {
        self.driver = driver
    }

    deinit {
        driver.abandon()
    }

    /// Makes the connection now instead of with the first command.
    ///
    /// - Throws: as ``RedisClient/connect()``.
    public func connect() async throws {
        try await driver.connect()
    }

    /// Sends one command and waits for its reply.
    ///
    /// - Parameter timeout: must be longer than the command may block; by default
    ///   ``RedisConfiguration/commandTimeout``.
    /// - Throws: as ``RedisClient/send(_:timeout:)``.
    public func send(_ command: RedisCommand, timeout: Duration? = nil) async throws -> RedisValue {
        try await driver.send(command, timeout: timeout)
    }

    /// Sends several commands in one write. See ``RedisClient/pipeline(_:timeout:)``.
    public func pipeline(_ commands: [RedisCommand], timeout: Duration? = nil) async throws -> [RedisValue] {
        try await driver.pipeline(commands, timeout: timeout)
    }

    /// Closes the connection; the next command makes a new one.
    public func reconnect() {
        driver.reconnect()
    }

    /// Fails what is pending and closes for good.
    public func shutdown() async {
        await driver.shutdown()
    }
}
