// The dashboard on a shop that is busy: orders that go well, fail, wait for somebody, are tried again.
import Aloft
import AloftDashboard
import AloftRedis
import Foundation
import Hummingbird
import LocalRedis
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Fills a private Redis, or that of `ALOFT_REDIS_URL`, and serves the dashboard at `PORT`, 7777 unless told otherwise, until it
/// is stopped. `TOKENS=1` asks for tokens: "read", "operate" and "admin", each followed by "-token-of-the-demo". `QUIET=1`
/// starts no further orders, so that pages stand still. `ONLY=1` serves the dashboard of what is there, without workers. `MOUNT=aloft`
/// makes it a part of another server, at /aloft.
@main struct DashboardDemo {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        if let url = environment["ALOFT_REDIS_URL"] { return try await run(url, environment) }
        try await withLocalRedis { try await run($0.url, environment) }
    }

    private static func run(_ url: String, _ environment: [String: String]) async throws {
        var logger = Logger(label: "dashboard-demo") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        var settings = try RedisStore.Configuration(url: url)
        settings.leaseDuration = .seconds(2)
        settings.accepts = [.weakPersistence]
        let store = try await RedisStore(settings, logger: logger)
        let client = WorkflowClient(store: store)
        var configuration = Dashboard.Configuration(port: environment["PORT"].flatMap { Int($0) } ?? 7777)
        configuration.title = "demo"
        if environment["TOKENS"] == "1" {
            let roles: [(String, AccessRole)] = [("reader", .read), ("operator", .operate), ("administrator", .admin)]
            configuration.tokens = roles.map { name, role in
                AccessToken(name: name, role: role, secret: "\(role)-token-of-the-demo")
            }
        }
        let place = environment["MOUNT"] ?? ""
        let dashboard = try Dashboard(client: client, configuration: configuration, logger: logger) { port in
            tell(port, place)
        }
        let pages: [any Service] =
            place.isEmpty ? [dashboard] : try mounted(dashboard, at: place, configuration.port, logger)
        let workers = (1...3).map { _ in
            Worker(
                store: store,
                queues: ["orders", "reports"],
                options: WorkerOptions(maximumActivities: 20),
                logger: logger
            ) {
                OrderFulfilment.self
                Shipping.self
                CatalogueImport.self
                Subscription.self
                NightlyReport.self
                Payout.self
                Trailer.self
                Echo.self
                Shop.activities
            }
        }
        let shop: [any Service] = workers + [Visitors(client: client, isQuiet: environment["QUIET"] == "1")]
        let services = ServiceGroup(
            services: [store] + (environment["ONLY"] == "1" ? [] : shop) + pages,
            gracefulShutdownSignals: [.sigint, .sigterm],
            logger: logger
        )
        try await services.run()
    }

    /// The dashboard as a part of a server that has pages of its own.
    private static func mounted(
        _ dashboard: Dashboard,
        at place: String,
        _ port: Int,
        _ logger: Logger
    ) throws -> [any Service] {
        let router = Router(context: Visit.self)
        router.get("/") { _, _ in "The shop. Its dashboard: /\(place)\n" }
        let trends = try dashboard.mount(on: router, at: place)
        let server = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in tell(channel.localAddress?.port ?? port, place) },
            logger: logger
        )
        return [server, trends]
    }

    private static func tell(_ port: Int, _ place: String) {
        print("The dashboard: http://127.0.0.1:\(port)/\(place)   Ctrl-C stops it.")
        fflush(nil)
    }
}

/// A request to the server of the shop; the dashboard wants to know from where it comes.
private struct Visit: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

/// Those who start all the instances.
private struct Visitors: Service {
    let client: WorkflowClient
    let isQuiet: Bool

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            let scenes = Scenes(client: client)
            try await scenes.setUp()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for id in ["price-optimiser", "price-optimiser-2"] as [InstanceID] {
                        try await Quarantine.fill(client.store, id)
                    }
                }
                if !isQuiet { group.addTask { try await scenes.keepGoing() } }
                try await group.waitForAll()
            }
            print("Everything is there.")
            fflush(nil)
            try await gracefulShutdown()
        }
    }
}
