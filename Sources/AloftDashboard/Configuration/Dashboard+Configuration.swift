extension Dashboard {
    /// Where a dashboard listens, who may do what, and how much it shows.
    public struct Configuration: Sendable {
        /// The address to listen at. Default: "127.0.0.1". Anything but a loopback address is refused while there are no
        /// ``tokens``, and so are names of ``allowedHosts`` that are not loopback names, and ``isBehindTLS``.
        public var host: String
        /// 0: any that is free. Default: 7777.
        public var port: Int
        /// Who may do what. While there are none, whoever reaches it from this machine may do everything.
        public var tokens: [AccessToken]
        /// The names under which browsers and programs reach it, "aloft.internal" or "aloft.internal:8443". Requests to other
        /// names are refused, so that no foreign site can reach it by a name of its own that leads here. Loopback names
        /// are always good. Empty: with tokens any name is good, without them only loopback names.
        public var allowedHosts: [String]
        /// Whether browsers reach it by HTTPS, through a proxy: the cookie of a session is sent over nothing else then.
        /// Default: no.
        public var isBehindTLS: Bool
        /// How long a browser stays logged in. Default: 12 h.
        public var sessionDuration: Duration
        /// How often pages that are open are brought up to date. Default: 2 s.
        public var liveInterval: Duration
        /// How many browser tabs are kept up to date at a time; further ones are told to reload. Default: 100.
        public var maximumLivePages: Int
        /// How often queues are looked at for their trends. Default: 5 s.
        public var sampleInterval: Duration
        /// How many connections it has at a time; further ones wait until one is closed (of those that come at
        /// once a few more may be taken). Each page that is open keeps one, see
        /// ``maximumLivePages``, and each has a file descriptor, of which a process often has 1,024. Default: 500. That of a server
        /// it is mounted in does not count here.
        public var maximumConnections: Int
        /// How long a connection is kept without a request under way on it, or with one that does not arrive. Answers, also those
        /// that wait, may take longer. Default: 60 s. That of a server it is mounted in does not count here.
        public var idleTimeout: Duration
        /// The size of the largest request, in bytes. Default: 2 MiB.
        public var maximumBodyBytes: Int
        /// How many bytes of a payload a page or an answer shows at most. Default: 64 KiB.
        public var maximumShownBytes: Int
        /// How many requests each client may make. Default: 50 a second, 200 at once.
        public var requestRate: Rate
        /// How many actions each client may take. Default: 10 a second, 50 at once.
        public var actionRate: Rate
        /// How many actions are shown; all of them are in the log, the last thousand in the store. Default: 1,000.
        public var auditLength: Int
        /// What stands beside the mark on each page, say the name of a fleet or an environment. Default: nothing.
        public var title: String
        /// Makes the text for Prometheus, which then is at `/metrics` for every token; must not block. What the queues hold is
        /// measured at each request, with the metrics of the client's `Telemetry`. Default: `nil`, there is no such place.
        public var metrics: (@Sendable () -> String)?

        public init(host: String = "127.0.0.1", port: Int = 7777, tokens: [AccessToken] = []) {
            self.host = host
            self.port = port
            self.tokens = tokens
            allowedHosts = []
            isBehindTLS = false
            sessionDuration = .seconds(12 * 3600)
            liveInterval = .seconds(2)
            maximumLivePages = 100
            sampleInterval = .seconds(5)
            maximumConnections = 500
            idleTimeout = .seconds(60)
            maximumBodyBytes = 2 << 20
            maximumShownBytes = 64 << 10
            requestRate = Rate(perSecond: 50, burst: 200)
            actionRate = Rate(perSecond: 10, burst: 50)
            auditLength = 1_000
            title = ""
        }
    }

    /// How often something may happen.
    public struct Rate: Hashable, Sendable {
        public var perSecond: Double
        /// So often at once, after a pause.
        public var burst: Int

        public init(perSecond: Double, burst: Int) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }
}

extension Dashboard.Configuration {
    /// - Throws: ``DashboardError`` that says which setting does not do.
    func validate() throws(DashboardError) {
        if tokens.isEmpty { try validateWithoutTokens() }
        guard (0...65_535).contains(port) else { throw DashboardError("port \(port) does not exist; use 0 to 65535") }
        for token in tokens { try token.validate() }
        guard Set(tokens.map(\.name)).count == tokens.count else {
            throw DashboardError("two tokens have the same name; the audit could not tell who did what")
        }
        guard requestRate.burst > 0, actionRate.burst > 0, requestRate.perSecond > 0, actionRate.perSecond > 0 else {
            throw DashboardError("the rates of requests and actions have to be above zero")
        }
        guard maximumBodyBytes > 0, auditLength >= 0, maximumLivePages >= 0, liveInterval > .zero else {
            throw DashboardError(
                "the limits of a dashboard must not be negative, and liveInterval has to be above zero"
            )
        }
        guard maximumConnections > 0, idleTimeout > .zero else {
            throw DashboardError("maximumConnections and idleTimeout of a dashboard have to be above zero")
        }
    }

    /// Without tokens whoever comes from this machine may do everything, and behind a proxy on it that is everyone.
    private func validateWithoutTokens() throws(DashboardError) {
        guard HostName.isLoopback(host) else {
            throw DashboardError(
                "the dashboard would listen at \(host) for everyone: it has no tokens. Configure tokens, or let it "
                    + "listen at 127.0.0.1 and reach it through a tunnel"
            )
        }
        guard !isBehindTLS else {
            throw DashboardError(
                "the dashboard is behind a proxy with TLS and has no tokens: whoever reaches the proxy could do "
                    + "everything. Configure tokens"
            )
        }
        if let name = allowedHosts.first(where: { !HostName.isLoopback(HostName.ofAuthority($0)) }) {
            throw DashboardError(
                "the dashboard is to be reached as \(name) and has no tokens: whoever reaches that name could do "
                    + "everything. Configure tokens"
            )
        }
    }
}

/// A setting that does not do.
public struct DashboardError: Error, Hashable, CustomStringConvertible {
    /// What is wrong and what to do about it.
    public let description: String
    init(_ description: String) { self.description = description }
}
