import Aloft
import AloftPrometheus
import CoreMetrics
import Logging
import Tracing

struct Restock: Workflow {
    func run(_ context: WorkflowContext, _ shelf: String) async throws {
        context.logger.info("restocking", metadata: ["shelf": "\(shelf)"])
        try await context.withSpan("order goods") { span in
            span.set("shelf", to: shelf)
            try await context.activity(ActivityReference<String, Void>("order"), shelf)
            try await context.sleep(for: .seconds(48 * 3600), name: "delivery")
        }
    }
}

struct TenantPropagator: Instrument {
    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        if let tenant = context.tenant { injector.inject(tenant, forKey: "tenant", into: &carrier) }
    }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        context.tenant = extractor.extract(key: "tenant", from: carrier)
    }
}

private enum TenantKey: ServiceContextKey { typealias Value = String }

extension ServiceContext {
    var tenant: String? {
        get { self[TenantKey.self] }
        set { self[TenantKey.self] = newValue }
    }
}

enum ObservabilitySnippets {
    static func measure() -> PrometheusMetrics {
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }

    static func propagate(_ store: any WorkflowStore) -> (WorkflowClient, Worker) {
        let telemetry = Telemetry(propagators: [TenantPropagator()])
        let client = WorkflowClient(store: store, telemetry: telemetry)
        let worker = Worker(store: store, telemetry: telemetry) { Restock.self }
        return (client, worker)
    }
}
