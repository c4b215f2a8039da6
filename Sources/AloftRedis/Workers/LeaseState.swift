/// Whether a worker still has its lease, by what it knows of its own heartbeat.
package struct LeaseState {
    package enum Action: Equatable {
        case beat
        case giveUp
    }

    /// How long the others wait.
    package let lease: Duration
    /// When the last beat that arrived was sent.
    package private(set) var lastBeat: ContinuousClock.Instant
    package private(set) var isLost = false

    package init(lease: Duration, registeredAt moment: ContinuousClock.Instant) {
        self.lease = lease
        self.lastBeat = moment
    }

    /// Beats come four times per lease, so that three may fail.
    package var interval: Duration { lease / 4 }

    /// It is time to beat.
    package mutating func due(at now: ContinuousClock.Instant) -> Action {
        if now - lastBeat >= lease { isLost = true }
        return isLost ? .giveUp : .beat
    }

    package mutating func answered(_ isAlive: Bool, sentAt moment: ContinuousClock.Instant) -> Action? {
        guard isAlive else {
            isLost = true
            return .giveUp
        }
        lastBeat = max(lastBeat, moment)
        return nil
    }
}
