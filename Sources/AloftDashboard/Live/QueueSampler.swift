import AloftCore
import AloftInsight
import Synchronization

/// Looks at the queues now and then, so that pages can show where they are going.
final class QueueSampler: Sendable {
    struct Sample: Hashable, Sendable {
        var moment: Timestamp
        var depth: Int
    }

    /// What is kept of each queue, and of how many.
    static let mostSamples = 120
    private static let mostQueues = 500

    private struct State {
        var samples: [String: [Sample]] = [:]
        var isLooking = false
        var lookedAt: Timestamp?
    }

    private let interval: Duration
    private let state = Mutex(State())

    init(interval: Duration) { self.interval = interval }

    /// The samples of a queue, the oldest first.
    func samples(of queue: String) -> [Sample] { state.withLock { $0.samples[queue] ?? [] } }

    /// How the queue grows, in tasks per minute, over what was looked at; `nil` if that is less than ten seconds.
    func growth(of queue: String) -> Double? {
        let samples = samples(of: queue)
        guard let first = samples.first, let last = samples.last else { return nil }
        let minutes = (last.moment - first.moment) / .seconds(60)
        return minutes < 1.0 / 6 ? nil : Double(last.depth - first.depth) / minutes
    }

    /// Takes what a page has read anyway, if it is time for another sample.
    func note(_ queues: [QueueView], at now: Timestamp) {
        state.withLock { state in
            if let last = state.lookedAt, now - last < interval { return }
            state.lookedAt = now
            let depths = Dictionary(queues.prefix(Self.mostQueues).map { ($0.queue, $0.depth) }) { first, _ in first }
            // A queue that is empty and that nobody serves is not told of any more.
            for name in Set(state.samples.keys).union(depths.keys) {
                var samples = state.samples[name] ?? []
                samples.append(Sample(moment: now, depth: depths[name] ?? 0))
                if samples.count > Self.mostSamples { samples.removeFirst() }
                state.samples[name] = samples.contains { $0.depth > 0 } || depths[name] != nil ? samples : nil
            }
        }
    }
}
