import Aloft
import AloftDashboard
import AloftRedis
import Logging
import ServiceLifecycle
import UnixSignals

enum DashboardSnippets {
    static func serve(_ logger: Logger) async throws {
        let store = try await RedisStore(.init(url: "redis://localhost:6379"))
        let dashboard = try Dashboard(client: WorkflowClient(store: store))
        try await ServiceGroup(
            services: [store, dashboard],
            gracefulShutdownSignals: [.sigterm],
            logger: logger
        ).run()
    }

    static func access(_ grafanaToken: String, _ supportToken: String, _ adaToken: String) -> Dashboard.Configuration {
        var configuration = Dashboard.Configuration(host: "0.0.0.0")
        configuration.tokens = [
            AccessToken(name: "grafana", role: .read, secret: grafanaToken),
            AccessToken(name: "support", role: .operate, secret: supportToken),
            AccessToken(name: "ada", role: .admin, secret: adaToken),
        ]
        configuration.allowedHosts = ["aloft.internal"]
        configuration.isBehindTLS = true
        return configuration
    }
}
