public import ServiceLifecycle

/// Looks at the queues at intervals for a dashboard that is part of another server. One that is a service of its own does so itself.
public struct QueueTrends: Service {
    let site: Site

    /// Looks until the service group shuts down or the task is cancelled.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await site.sampleQueues() }
    }
}
