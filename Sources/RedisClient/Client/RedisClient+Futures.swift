package import NIOCore

/// The same operations for code that lives on the client's event loop: nothing here needs a thread of the global pool.
extension RedisClient {
    /// The loop of this client's connection. Futures are completed on it.
    package var eventLoop: any EventLoop { driver.eventLoop }

    /// As ``send(_:timeout:)``.
    package func sendFuture(_ command: RedisCommand, timeout: Duration? = nil) -> EventLoopFuture<RedisValue> {
        pipelineFuture([command], timeout: timeout).flatMapThrowing { try $0[0].get() }
    }

    /// As ``pipeline(_:timeout:)``.
    package func pipelineFuture(_ commands: [RedisCommand], timeout: Duration? = nil) -> EventLoopFuture<[RedisValue]> {
        guard !commands.isEmpty else { return eventLoop.makeSucceededFuture([]) }
        do {
            let bytes = try ConnectionDriver.encode(commands)
            return driver.send(bytes, count: commands.count, timeout: driver.amount(timeout))
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
    }
}
