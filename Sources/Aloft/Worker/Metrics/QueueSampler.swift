internal import AloftCore
internal import AloftMetrics
internal import CoreMetrics
internal import Logging

/// Looks at the queues of the store every now and then. Every worker that measures anything does: a worker that is gone takes its
/// numbers with it, so none may be the only one that knows. What it knows of a queue is what all others know of it, too: take the
/// maximum, not the sum.
struct QueueSampler {
    let environment: SessionEnvironment
    let factory: any MetricsFactory

    func run() async {
        guard let interval = environment.options.queueSampleInterval else { return }
        var gauges = QueueGauges(factory)
        defer { gauges.set([], at: environment.store.now) }
        repeat {
            do throws(StoreError) {
                let states = try await environment.store.queueStates()
                let quarantined = try await environment.store.quarantinedCount()
                gauges.set(states, quarantined: quarantined, at: environment.store.now)
            } catch {
                guard error.code != .cancelled else { return }
                // What it knew last is wrong soon, and as a maximum it would hide what the others see.
                gauges.set([], at: environment.store.now)
                environment.logger.debug("could not look at the queues", metadata: [LogKey.error: "\(error)"])
            }
        } while (try? await environment.store.clock.sleep(for: interval)) != nil
    }
}
