public import AloftClient
public import Hummingbird
public import Logging
internal import NIOCore
public import ServiceLifecycle

/// A web page that shows what instances, queues and workers do, and lets people steer them; with a JSON API for programs.
///
/// It is a service of its own, or a part of a server that is there already:
///
/// ```swift
/// let dashboard = try Dashboard(client: client)
/// try await ServiceGroup(services: [store, dashboard], gracefulShutdownSignals: [.sigterm], logger: logger).run()
///
/// try Dashboard(client: client, configuration: configuration).mount(on: router, at: "aloft")
/// ```
/// It keeps nothing but sessions and samples, so any number may run on one store. Each page and each answer
/// takes a bounded number of reads, however many instances there are.
public struct Dashboard: Service {
    public let configuration: Configuration
    private let client: WorkflowClient
    private let logger: Logger
    /// Told the port once it listens.
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - client: Its store is read, its coder makes payloads readable and encodes those of signals and starts.
    ///   - onListening: Called with the port once it listens.
    /// - Throws: ``DashboardError`` if a setting does not do: above all, an address that others can reach without tokens.
    public init(
        client: WorkflowClient,
        configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "aloft.dashboard"),
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws(DashboardError) {
        try configuration.validate()
        self.client = client
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    /// Listens until the service group shuts down or the task is cancelled.
    public func run() async throws {
        let site = try Site(client: client, configuration: configuration, base: "", logger: logger)
        let port = configuration.port
        let host = configuration.host
        let application = Application(
            responder: SiteResponder<DashboardContext>(site: site, base: ""),
            server: .http1(configuration: .init(idleTimeout: TimeAmount(configuration.idleTimeout))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                serverName: nil,
                availableConnectionsDelegate: .maximum(configuration.maximumConnections, logger: logger)
            ),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? port
                logger.info("the dashboard listens", metadata: ["address": "http://\(host):\(port)/"])
                await onListening(port)
            },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.sampleQueues() }
            group.addTask { try await application.run() }
            // The sampler never ends by itself.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// What programs can ask, "GET /api/v1/queues", for the test that the description of the API tells of all of it.
    package func apiRoutes() throws -> [String] {
        try Site(client: client, configuration: configuration, base: "", logger: logger).routes
            .filter { $0.pattern.hasPrefix("/api/") }.map {
                "\($0.method.rawValue) \($0.pattern) \($0.kind == .open ? "none" : $0.role.description)"
            }
    }

    /// Makes the dashboard a part of a server that is there already. Its address and port do not count then; without tokens it
    /// answers requests of its own machine only, by loopback names.
    ///
    /// - Parameters:
    ///   - router: Its context should conform to `RemoteAddressRequestContext`: without it, addresses of clients are not known,
    ///     all clients share their limits, and there have to be tokens.
    ///   - prefix: "aloft" for "/aloft/"; not empty.
    /// - Returns: What looks at the queues at intervals. Add it to your service group, so that trends tell of the last minutes also
    ///   when nobody has looked at a page meanwhile; without it, queues are looked at with each page that shows them.
    /// - Throws: ``DashboardError`` if a part of the dashboard cannot be made.
    @discardableResult
    public func mount<Context: RequestContext>(
        on router: some RouterMethods<Context>,
        at prefix: String
    ) throws(DashboardError) -> QueueTrends {
        let name = prefix.split(separator: "/").joined(separator: "/")
        guard !name.isEmpty else { throw DashboardError("the prefix of a dashboard must not be empty; use \"aloft\"") }
        let base = "/" + name
        let site = try Site(client: client, configuration: configuration, base: base, logger: logger)
        let responder = SiteResponder<Context>(site: site, base: base)
        for method in [HTTPRequest.Method.get, .head, .post, .delete] {
            router.on(RouterPath(base), method: method, responder: responder)
            router.on(RouterPath(base + "/**"), method: method, responder: responder)
        }
        return QueueTrends(site: site)
    }
}
