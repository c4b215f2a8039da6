import NIOCore

extension ConnectionDriver {
    /// Two looks at the queues are at least this far apart, however many deadlines lie between.
    private static let granularity = TimeAmount.milliseconds(1)

    /// Makes sure that the machine looks for overdue requests at `deadline`.
    func arm(_ deadline: NIODeadline) {
        guard deadline < armedDeadline else { return }
        deadlineTimer?.cancel()
        armedDeadline = deadline
        deadlineTimer = eventLoop.scheduleTask(deadline: deadline) { self.deadlinePassed() }
    }

    func disarm() {
        deadlineTimer?.cancel()
        deadlineTimer = nil
        armedDeadline = .distantFuture
    }

    private func deadlinePassed() {
        armedDeadline = .distantFuture
        deadlineTimer = nil
        let now = NIODeadline.now()
        let action = machine.expire(now: now)
        for (request, error) in action.failed {
            fail(request, error, leaves: request.state == .waiting)
        }
        if let reason = action.close { lose(reason) }
        if let next = action.next { arm(max(next, now + Self.granularity)) }
    }
}
