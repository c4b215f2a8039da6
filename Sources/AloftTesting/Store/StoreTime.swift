internal import AloftCore

/// A clock as a store uses it: moments in milliseconds since 1970, and limits on waiting.
///
/// Works with every clock; a ``VirtualClock`` is not moved only because somebody's wait is limited.
struct StoreTime: Sendable {
    let clock: any Clock<Duration> & Sendable
    private let epoch: Timestamp
    private let sinceStart: @Sendable () -> Duration
    private let pauseUntil: @Sendable (Duration) async throws -> Void

    init<SomeClock: Clock<Duration>>(_ clock: SomeClock, epoch: Timestamp) {
        let origin = clock.now
        self.clock = clock
        self.epoch = epoch
        self.sinceStart = { origin.duration(to: clock.now) }
        if let virtual = clock as? VirtualClock {
            let origin = virtual.now
            self.pauseUntil = { try await virtual.idle(until: origin.advanced(by: $0)) }
        } else {
            self.pauseUntil = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
        }
    }

    /// The time since the store was made.
    var elapsed: Duration { sinceStart() }

    /// The moment, rounded down: a store's clock is never ahead.
    var now: Timestamp {
        let elapsed = elapsed
        let roundedUp = elapsed.wholeMilliseconds
        return epoch + .milliseconds(.milliseconds(roundedUp) > elapsed ? roundedUp - 1 : roundedUp)
    }

    /// Waits until so much time has passed since the store was made, or until the task is cancelled.
    func pause(until offset: Duration) async {
        try? await pauseUntil(offset)
    }
}
