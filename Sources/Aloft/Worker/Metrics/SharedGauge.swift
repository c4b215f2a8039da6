internal import CoreMetrics
internal import Synchronization

/// One worker's part of a gauge that all workers of a process add up to: they have the same labels, and the last to set it would
/// speak for all.
final class SharedGauge: Sendable {
    private let meter: Meter
    private let part = Mutex(0)

    init(_ meter: Meter) { self.meter = meter }

    func set(_ value: Int) {
        part.withLock { part in
            // Within the lock, so that no part is lost or added twice when two set it at once.
            if value > part { meter.increment(by: Double(value - part)) }
            if value < part { meter.decrement(by: Double(part - value)) }
            part = value
        }
    }
}
