import Logging
import NIOCore

extension ConnectionDriver {
    /// The largest write that is put together before the socket is asked again whether it takes more.
    private static let maximumWrite = 1 << 18

    /// Hands `request` over. Callable from any thread; its completion must be set.
    func submit(_ request: RedisRequest) {
        guard inbox.reserve(request.expected) else {
            let limit = configuration.maximumPendingCommands
            return request.fail(
                RedisError(
                    code: .tooManyPendingCommands,
                    message: "\(limit) commands are pending already",
                    address: configuration.address
                )
            )
        }
        if inbox.append(request) {
            eventLoop.execute { self.drainInbox() }
        }
    }

    /// The caller of `request` has left. Callable from any thread, also before `submit`.
    func cancel(_ request: RedisRequest) {
        eventLoop.execute {
            let wasSent = request.state == .sent
            switch self.machine.cancel(request) {
            case .none: break
            case .fail(let error):
                self.fail(request, error, leaves: !wasSent)
            case .failAndClose(let error, let reason):
                self.fail(request, error, leaves: false)
                // The only way to cancel a blocking command; nothing is wrong.
                self.lose(reason, level: .debug)
            }
        }
    }

    private func drainInbox() {
        inbox.drain(into: &spare)
        let now = NIODeadline.now()
        var earliest = NIODeadline.distantFuture
        for request in spare {
            switch machine.submit(request, now: now) {
            case .write: request.writeCommands(to: &output)
            case .wait: break
            case .connect: startConnecting()
            case .fail(let error):
                fail(request, error, leaves: true)
                continue
            }
            earliest = min(earliest, request.deadline)
            if output.readableBytes > Self.maximumWrite { flush() }
        }
        spare.removeAll(keepingCapacity: true)
        flush()
        arm(earliest)
    }

    /// Writes what waits, as far as the socket takes it.
    func writeWaiting() {
        let now = NIODeadline.now()
        while let request = machine.nextToWrite(now: now) {
            request.writeCommands(to: &output)
            if output.readableBytes > Self.maximumWrite { flush() }
        }
        flush()
    }

    func flush() {
        guard output.readableBytes > 0, let channel else { return }
        let size = output.readableBytes
        let bytes = exchange(&output, with: channel.allocator.buffer(capacity: min(size, Self.maximumWrite)))
        channel.writeAndFlush(bytes, promise: nil)
    }

    /// Answers the caller of `request`.
    ///
    /// - Parameter leaves: whether the machine has let go of it, so that its room can be given to another.
    func fail(_ request: RedisRequest, _ error: RedisError, leaves: Bool) {
        if leaves { release(request) }
        observer?.requestFailed(error)
        request.fail(error)
    }

    func release(_ request: RedisRequest) {
        guard !request.isReleased else { return }
        request.isReleased = true
        inbox.release(request.expected)
    }

    func settle(_ action: ConnectionMachine.LossAction) {
        for request in action.dropped { release(request) }
        for (request, error) in action.failed { fail(request, error, leaves: true) }
    }
}
