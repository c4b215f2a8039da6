import NIOCore

extension ConnectionDriver {
    func connect() async throws {
        let waiter = RedisRequest(several: nil, count: 0, timeout: defaultTimeout)
        _ = try await withUnsafeThrowingContinuation { continuation in
            waiter.completion = .values(continuation)
            connect(waiter)
        }
    }

    func shutdown() async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            shutdown { continuation.resume() }
        }
    }

    /// One command; the error reply is thrown.
    func send(_ command: consuming EncodedCommands, timeout: TimeAmount) async throws -> RedisValue {
        let request = RedisRequest(consume command, timeout: timeout)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                request.completion = .value(continuation)
                submit(request)
            }
        } onCancel: {
            cancel(request)
        }
    }

    /// Several commands in one go; error replies are among the values.
    func send(_ commands: ByteBuffer, count: Int, timeout: TimeAmount) async throws -> [RedisValue] {
        let request = RedisRequest(several: commands, count: count, timeout: timeout)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                request.completion = .values(continuation)
                submit(request)
            }
        } onCancel: {
            cancel(request)
        }
    }

    /// As above, for those who live on the event loop.
    func send(_ commands: ByteBuffer, count: Int, timeout: TimeAmount) -> EventLoopFuture<[RedisValue]> {
        let promise = eventLoop.makePromise(of: [RedisValue].self)
        let request = RedisRequest(several: commands, count: count, timeout: timeout)
        request.completion = .callback { result in
            switch result {
            case .success(let values): promise.succeed(values)
            case .failure(let error): promise.fail(error)
            }
        }
        submit(request)
        return promise.futureResult
    }

    func amount(_ timeout: Duration?) -> TimeAmount {
        timeout.map { TimeAmount(clamping: $0) } ?? defaultTimeout
    }
}
