import NIOCore

extension ConnectionDriver {
    func bytesReceived(_ attempt: Int) {
        guard attempt == generation else { return }
        machine.bytesReceived(now: .now())
    }

    /// Hands one reply of connection `attempt` to whom it belongs.
    ///
    /// - Returns: whether the connection is still the present one.
    func received(_ value: RedisValue, _ attempt: Int) -> Bool {
        guard attempt == generation else { return false }
        if let hooks, machine.state == .ready, hooks.takesPush(value) { return true }
        switch machine.received(value) {
        case .none:
            break
        case .complete(let request, let value):
            release(request)
            request.succeed(value, address: configuration.address)
        case .completeAll(let request, let values):
            release(request)
            request.succeed(values)
        case .drop(let request):
            release(request)
        case .ready(let waiters):
            connectionReady(waiters)
        case .close(let error):
            lose(error)
        }
        return attempt == generation
    }

    func writabilityChanged(_ writable: Bool, _ attempt: Int) {
        guard attempt == generation else { return }
        machine.writabilityChanged(writable)
        if writable { writeWaiting() }
    }
}
