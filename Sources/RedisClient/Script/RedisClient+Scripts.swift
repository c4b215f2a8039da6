package import NIOCore

extension RedisClient {
    /// Calls `script`, loading it into the server first if that does not have it.
    ///
    /// - Parameters:
    ///   - keys: the script's `KEYS`.
    ///   - arguments: the script's `ARGV`.
    ///   - timeout: how long to wait in all; by default ``RedisConfiguration/commandTimeout``.
    /// - Throws: as ``send(_:timeout:)``. A script that fails half way has written what it wrote before, therefore
    ///   ``RedisError/mayHaveBeenExecuted`` is true for its error replies except those that come before it starts.
    public func run(
        _ script: RedisScript,
        keys: [RedisArgument],
        arguments: [RedisArgument],
        timeout: Duration? = nil
    ) async throws -> RedisValue {
        let amount = driver.amount(timeout)
        let start = NIODeadline.now()
        if let sha = script.sha {
            do {
                let command = try ScriptEncoding.callByDigest(sha, keys, arguments)
                return try await driver.send(command, timeout: amount)
            } catch let error as RedisError where error.code == .server {
                guard error.serverCode == "NOSCRIPT" else { throw error.fromScript }
            }
        }
        let call = RedisScriptCall(script, keys: keys, arguments: arguments)
        let replies = try await driver.send(
            ScriptEncoding.loadAndCall(call),
            count: 2,
            timeout: amount - (NIODeadline.now() - start)
        )
        return try ScriptReplies.single(replies, script)
    }

    /// Calls several scripts in one write. Missing scripts are loaded and only their calls are repeated.
    ///
    /// Calls run in order. If the server has lost some of the scripts, theirs run after the others.
    ///
    /// - Returns: one value per call, in their order. Error replies are values of the case ``RedisValue/error(_:)``.
    /// - Throws: ``RedisError`` if the replies did not all come.
    public func runAll(_ calls: [RedisScriptCall], timeout: Duration? = nil) async throws -> [RedisValue] {
        guard !calls.isEmpty else { return [] }
        let amount = driver.amount(timeout)
        let start = NIODeadline.now()
        var batch = try ScriptBatch(calls)
        batch.receive(try await driver.send(batch.bytes, count: batch.count, timeout: amount))
        if let (bytes, count) = try batch.retry() {
            let left = amount - (NIODeadline.now() - start)
            batch.receiveRetry(try await driver.send(bytes, count: count, timeout: left))
        }
        return batch.results
    }

    /// As ``run(_:keys:arguments:timeout:)``, without leaving the event loop.
    package func runFuture(
        _ script: RedisScript,
        keys: [RedisArgument],
        arguments: [RedisArgument],
        timeout: Duration? = nil
    ) -> EventLoopFuture<RedisValue> {
        let call = RedisScriptCall(script, keys: keys, arguments: arguments)
        return runAllFuture([call], timeout: timeout).flatMapThrowing { values in
            guard case .error(let error) = values[0] else { return values[0] }
            throw RedisError(error).fromScript
        }
    }

    /// As ``runAll(_:timeout:)``, without leaving the event loop.
    package func runAllFuture(_ calls: [RedisScriptCall], timeout: Duration? = nil) -> EventLoopFuture<[RedisValue]> {
        batchFuture(calls, followedBy: [], timeout).map(\.results)
    }

    /// As ``runAll(_:timeout:)``, with further commands at the end of the same write, on the same connection.
    package func runAllFuture(
        _ calls: [RedisScriptCall],
        followedBy followers: [RedisCommand],
        timeout: Duration? = nil
    ) -> EventLoopFuture<[RedisScriptOutcome]> {
        batchFuture(calls, followedBy: followers, timeout).map(\.outcomes)
    }

    private func batchFuture(
        _ calls: [RedisScriptCall],
        followedBy followers: [RedisCommand],
        _ timeout: Duration?
    ) -> EventLoopFuture<ScriptBatch> {
        let amount = driver.amount(timeout)
        let start = NIODeadline.now()
        let driver = driver
        do {
            let batch = try ScriptBatch(calls, followedBy: followers)
            guard batch.count > 0 else { return driver.eventLoop.makeSucceededFuture(batch) }
            return driver.send(batch.bytes, count: batch.count, timeout: amount).flatMap { values in
                var batch = batch
                batch.receive(values)
                do {
                    guard let (bytes, count) = try batch.retry() else {
                        return driver.eventLoop.makeSucceededFuture(batch)
                    }
                    let left = amount - (NIODeadline.now() - start)
                    let half = batch
                    return driver.send(bytes, count: count, timeout: left).map { values in
                        var batch = half
                        batch.receiveRetry(values)
                        return batch
                    }
                } catch {
                    return driver.eventLoop.makeFailedFuture(error)
                }
            }
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
    }
}
