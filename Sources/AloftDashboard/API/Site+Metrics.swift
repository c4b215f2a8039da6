import AloftClient
import AloftCore
internal import AloftMetrics
internal import HTTPTypes
import Logging
internal import Synchronization

extension Site {
    static var metricsPath: String { "/metrics" }

    /// What Prometheus scrapes: what this process counts, and what the queues hold, also those that nobody serves and that no
    /// worker tells of.
    mutating func addMetrics() {
        guard let exposition = configuration.metrics else { return }
        let (client, logger) = (client, logger)
        let queues = SharedGauges(QueueGauges(client.telemetry.metrics))
        add(
            Route(.get, Self.metricsPath, .api, .read) { _ in
                do {
                    let states = try await client.store.queueStates()
                    let quarantined = try await client.store.quarantinedCount()
                    queues.gauges.withLock { $0.set(states, quarantined: quarantined, at: client.store.now) }
                } catch {
                    queues.gauges.withLock { $0.set([], at: client.store.now) }
                    // Without what the queues hold the rest is worth as much: it counts the errors of the store, too.
                    logger.warning("could not look at the queues", metadata: ["error": "\(error)"])
                }
                return DashboardResponse(type: "text/plain; version=0.0.4; charset=utf-8", Array(exposition().utf8))
            }
        )
    }

    private final class SharedGauges: Sendable {
        let gauges: Mutex<QueueGauges>
        init(_ gauges: QueueGauges) { self.gauges = Mutex(gauges) }
    }
}
