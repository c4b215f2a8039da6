import AloftCore
import AloftInsight
import Synchronization

/// Looks at the queues now and then, so that pages can show where they are going.
final class QueueSampler: Sendable {
    struct Sample: Hashable, Sendable {
        var moment: Timestamp
        var depth: Int
        /// How many tasks were put on the queue; `nil` if that is not known.
        var added: Int?
    }

    /// How far back samples tell.
    static let span = Duration.seconds(600)
    /// What is kept of each queue, and of how many.
    private static let mostSamples = 600
    private static let mostQueues = 500

    private struct State {
        var samples: [String: [Sample]] = [:]
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
        guard let first = samples.first, let last = samples.last, let minutes = Self.minutes(samples) else {
            return nil
        }
        return Double(last.depth - first.depth) / minutes
    }

    /// How many tasks workers take from the queue, per minute; `nil` if that is not known.
    func throughput(of queue: String) -> Double? {
        let samples = samples(of: queue).filter { $0.added != nil }
        guard let minutes = Self.minutes(samples) else { return nil }
        let taken = zip(samples, samples.dropFirst()).reduce(0) { sum, pair in
            let (early, late) = (pair.0.added ?? 0, pair.1.added ?? 0)
            // Less than before: the store has begun to count anew.
            let added = late < early ? late : late - early
            return sum + max(0, added - (pair.1.depth - pair.0.depth))
        }
        return Double(taken) / minutes
    }

    private static func minutes(_ samples: [Sample]) -> Double? {
        guard let first = samples.first, let last = samples.last else { return nil }
        let minutes = (last.moment - first.moment) / .seconds(60)
        return minutes < 1.0 / 6 ? nil : minutes
    }

    /// Takes what a page has read anyway, if it is time for another sample.
    func note(_ queues: [QueueView], at now: Timestamp) {
        state.withLock { state in
            if let last = state.lookedAt, now - last < interval { return }
            state.lookedAt = now
            let seen = Dictionary(queues.prefix(Self.mostQueues).map { ($0.queue, $0) }) { first, _ in first }
            // A queue that is empty and that nobody serves is not told of any more.
            for name in Set(state.samples.keys).union(seen.keys) {
                var samples = state.samples[name] ?? []
                let queue = seen[name]
                samples.append(Sample(moment: now, depth: queue?.depth ?? 0, added: queue?.addedTasks))
                // By age, and not by count alone: who looks seldom must not take an old trend for that of now.
                samples.removeAll { now - $0.moment > Self.span }
                if samples.count > Self.mostSamples { samples.removeFirst() }
                state.samples[name] = samples.contains { $0.depth > 0 } || queue != nil ? samples : nil
            }
        }
    }
}
