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
            tellObserver(of: CollectionOfOne(value))
            request.succeed(value, address: configuration.address)
        case .completeAll(let request, let values):
            release(request)
            tellObserver(of: values)
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

    /// Before the caller has its answer: whoever has it may rely on that it was counted.
    private func tellObserver(of replies: some Collection<RedisValue>) {
        guard let observer else { return }
        observer.requestAnswered()
        for case .error(let error) in replies {
            observer.requestFailed(RedisError(error, address: configuration.address))
        }
    }

    func writabilityChanged(_ writable: Bool, _ attempt: Int) {
        guard attempt == generation else { return }
        machine.writabilityChanged(writable)
        if writable { writeWaiting() }
    }
}
