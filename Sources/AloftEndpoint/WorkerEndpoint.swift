public import Aloft
internal import HTTPTypes
internal import Hummingbird
public import Logging
internal import NIOCore
public import ServiceLifecycle

/// Answers the questions of an orchestrator over HTTP: does this process live, does it serve its queues, and what does it count?
///
/// | path | 200 means | otherwise |
/// |---|---|---|
/// | `/health/live` | heartbeats and polls of all workers are recent, as far as they make any | 503: worth a restart if it lasts |
/// | `/health/ready` | all workers serve their queues | 503: starting, draining, or not well |
/// | `/metrics` | the text that the closure returns | 404 if there is none |
///
/// The first two answer with a small JSON object: the `status`, the `reasons` in plain words, and the state of each worker.
///
/// ```swift
/// let endpoint = WorkerEndpoint(workers: [worker])
/// let services = ServiceGroup(services: [store, endpoint, worker], gracefulShutdownSignals: [.sigterm], logger: logger)
/// ```
/// Put it *before* the worker: a service group shuts down from the end, and the endpoint has to answer while the worker drains.
///
/// It has no access control, and reasons may name hosts and queues: let only those reach it who may know that.
public struct WorkerEndpoint: Service {
    /// Where it listens if nothing else is said: on loopback only, at 9464.
    ///
    /// 9464 is what OpenTelemetry's exporters for Prometheus use.
    public static let defaultPort = 9464

    let workers: [Worker]
    let metrics: (@Sendable () -> String)?
    private let host: String
    private let port: Int
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - workers: Those of this process.
    ///   - host: An address of this machine, or its name; `0.0.0.0` for all of them, as in a container.
    ///   - port: 0 for a free one.
    ///   - logger: Told where it listens.
    ///   - metrics: Makes the text for Prometheus at each request; must not block.
    ///   - onListening: Called with the port once it listens.
    public init(
        workers: [Worker],
        host: String = "127.0.0.1",
        port: Int = Self.defaultPort,
        logger: Logger = Logger(label: "aloft.endpoint"),
        metrics: (@Sendable () -> String)? = nil,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.workers = workers
        self.metrics = metrics
        self.host = host
        self.port = port
        self.logger = logger
        self.onListening = onListening
    }

    /// Listens until the service group shuts down or the task is cancelled.
    ///
    /// - Throws: An error of the operating system if the address is in use or not of this machine.
    public func run() async throws {
        let host = host
        let port = port
        let logger = logger
        let onListening = onListening
        var quiet = logger
        // The server's own remarks are of no use for operators.
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            responder: router().buildResponder(),
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? port
                logger.info("the endpoint listens", metadata: ["address": "http://\(host):\(port)/"])
                await onListening(port)
            },
            logger: quiet
        )
        try await application.run()
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("health/live") { _, _ in HealthReport(workers, question: .live).response }
        router.get("health/ready") { _, _ in HealthReport(workers, question: .ready).response }
        if let metrics {
            router.get("metrics") { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: metrics()))
                )
            }
        }
        return router
    }
}
