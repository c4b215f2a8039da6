internal import AloftClient
internal import AloftDashboard
internal import AloftPrometheus
internal import AloftRedis
internal import ArgumentParser
internal import CoreMetrics
internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// `aloft dashboard`
struct DashboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Serves the dashboard and its API.",
        discussion: """
            Without tokens it serves this machine only. A file of tokens has one a line: a name, a role (read, operate, admin) \
            and a secret of 16 characters or more, with spaces between. Instead of a file, the environment may hold them: \
            ALOFT_DASHBOARD_TOKENS="ada:admin:secret,grafana:read:secret". Prometheus finds metrics at /metrics. Runs until SIGTERM or Ctrl-C; if there is no fleet \
            yet, it waits for one.
            """
    )

    @Option(help: "The address to listen at. Default: 127.0.0.1.")
    var host: String?

    @Option(help: "The port; 0 for any that is free. Default: 7777.")
    var port: Int?

    @Option(help: ArgumentHelp("A file of tokens.", valueName: "path"), completion: .file())
    var tokensFile: String?

    @Option(help: ArgumentHelp("A name under which browsers reach it; may be given several times.", valueName: "name"))
    var allowedHost: [String] = []

    @Flag(help: "Browsers reach it by HTTPS, through a proxy.")
    var behindTLS = false

    @Option(help: "What stands beside the mark on each page, say the name of the environment.")
    var title: String?

    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await reporting {
            let settings = try await store.settings([
                .dashboardHost: host, .dashboardPort: port.map(String.init), .dashboardTokensFile: tokensFile,
                .dashboardAllowedHosts: allowedHost.isEmpty ? nil : allowedHost.joined(separator: ","),
                .dashboardBehindTLS: behindTLS ? "true" : nil, .dashboardTitle: title,
            ])
            var configuration = try settings.dashboard()
            // Before the store and the client are made: they take what is there then.
            let metrics = PrometheusMetrics()
            MetricsSystem.bootstrap(metrics)
            configuration.metrics = { metrics.exposition() }
            let coder = try settings.coder()
            let redis = try settings.store()
            var logger = Logger(label: "aloft") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = .info
            let fleet = try await Self.fleet(redis, logger)
            let client = WorkflowClient(store: fleet, coder: coder)
            let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
            let dashboard = try Dashboard(client: client, configuration: configuration, logger: logger) { port in
                Console.say("The dashboard: http://\(host):\(port)/")
            }
            let services = ServiceGroup(
                services: [fleet, dashboard],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            do {
                try await services.run()
            } catch {
                throw Refusal(
                    .unavailable,
                    "the dashboard cannot serve at \(configuration.host):\(configuration.port): \(error)"
                )
            }
        }
    }

    /// Waits for a fleet: what starts together starts in any order.
    private static func fleet(_ configuration: RedisStore.Configuration, _ logger: Logger) async throws -> RedisStore {
        var isTold = false
        while try await !RedisStore.exists(configuration, logger: logger) {
            if !isTold {
                Console.complain(
                    "there is nothing of Aloft under prefix \"\(configuration.prefix)\" yet; waiting for the first worker"
                )
            }
            isTold = true
            try await Task.sleep(for: .seconds(1))
        }
        return try await RedisStore.existing(configuration, logger: logger)
    }
}

extension Settings {
    /// - Throws: ``Refusal``.
    func dashboard() throws(Refusal) -> Dashboard.Configuration {
        var configuration = Dashboard.Configuration()
        configuration.host = self[.dashboardHost] ?? configuration.host
        configuration.port = try number(.dashboardPort, in: 0...65_535) ?? configuration.port
        configuration.title = self[.dashboardTitle] ?? configuration.title
        configuration.isBehindTLS = try flag(.dashboardBehindTLS) ?? configuration.isBehindTLS
        configuration.allowedHosts = (self[.dashboardAllowedHosts] ?? "").split(separator: ",").map(String.init)
        configuration.tokens = try tokens()
        return configuration
    }

    private func tokens() throws(Refusal) -> [AccessToken] {
        if let path = self[.dashboardTokensFile], !path.isEmpty {
            return try tokens(ofFile: TextFile.read(path, "the file of tokens"), path)
        }
        let text = self[.dashboardTokens] ?? ""
        let tokens = try text.split(separator: ",").map { item throws(Refusal) in
            try token(item.split(separator: ":", maxSplits: 2), "the setting dashboard.tokens")
        }
        // Whoever set one of them did not mean that everyone may come in.
        for key in [Key.dashboardTokens, .dashboardTokensFile] where tokens.isEmpty && self[key] != nil {
            throw complaint(key, "holds no token; leave it out if the dashboard is to have none")
        }
        return tokens
    }

    private func tokens(ofFile text: String, _ path: String) throws(Refusal) -> [AccessToken] {
        var tokens: [AccessToken] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty || words[0].hasPrefix("#") { continue }
            tokens.append(try token(words, "\(path), line \(index + 1)"))
        }
        // An empty file must not open the dashboard to everyone.
        guard !tokens.isEmpty else { throw Refusal(.misconfigured, "there is no token in \(path)") }
        return tokens
    }

    private func token(_ words: [Substring], _ place: String) throws(Refusal) -> AccessToken {
        guard words.count == 3, let role = AccessRole(name: String(words[1])) else {
            throw Refusal(.misconfigured, "\(place): a token is a name, a role (read, operate or admin) and a secret")
        }
        return AccessToken(name: String(words[0]), role: role, secret: String(words[2]))
    }
}
