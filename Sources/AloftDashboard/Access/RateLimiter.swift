import Synchronization

/// Lets each client do something so often and no more: a bucket of tokens for each, filled as time goes by.
package final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
    }

    private let rate: Dashboard.Rate
    /// Clients beyond that push out those that are back at a full bucket; if there are none, all share what is left.
    private let mostClients: Int
    private let buckets = Mutex<[String: Bucket]>([:])

    package init(_ rate: Dashboard.Rate, mostClients: Int = 10_000) {
        self.rate = rate
        self.mostClients = mostClients
    }

    /// - Returns: `nil` if it may; otherwise how long it is to wait.
    package func take(_ client: String, at now: ContinuousClock.Instant = .now) -> Duration? {
        buckets.withLock { buckets in
            var name = client
            if buckets[name] == nil, buckets.count >= mostClients {
                buckets = buckets.filter { filled($0.value, at: now).tokens < Double(rate.burst) }
                if buckets.count >= mostClients { name = "" }
            }
            var bucket = filled(buckets[name] ?? Bucket(tokens: Double(rate.burst), filledAt: now), at: now)
            defer { buckets[name] = bucket }
            guard bucket.tokens >= 1 else { return .seconds((1 - bucket.tokens) / rate.perSecond) }
            bucket.tokens -= 1
            return nil
        }
    }

    /// Takes back what ``take(_:at:)`` has counted: it was not what is limited.
    package func giveBack(_ client: String) {
        buckets.withLock { buckets in
            let name = buckets[client] == nil ? "" : client
            guard let tokens = buckets[name]?.tokens else { return }
            buckets[name]?.tokens = min(Double(rate.burst), tokens + 1)
        }
    }

    private func filled(_ bucket: Bucket, at now: ContinuousClock.Instant) -> Bucket {
        let passed = max(0, (now - bucket.filledAt) / .seconds(1))
        return Bucket(tokens: min(Double(rate.burst), bucket.tokens + passed * rate.perSecond), filledAt: now)
    }
}
