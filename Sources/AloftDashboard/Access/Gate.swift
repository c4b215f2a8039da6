internal import HTTPTypes
import Logging

/// Decides who may come in. Knows nothing of pages.
struct Gate: Sendable {
    let configuration: Dashboard.Configuration
    let sessions: Sessions
    let requests: RateLimiter
    let actions: RateLimiter
    /// Failed logins: few, since nobody guesses in good faith.
    let failures = RateLimiter(Dashboard.Rate(perSecond: 0.2, burst: 10))

    static let cookieName = "aloft_session"

    init(_ configuration: Dashboard.Configuration) {
        self.configuration = configuration
        sessions = Sessions(duration: configuration.sessionDuration)
        requests = RateLimiter(configuration.requestRate)
        actions = RateLimiter(configuration.actionRate)
    }

    var needsToken: Bool { !configuration.tokens.isEmpty }

    /// Refuses what comes from where it should not: by a name that is not this dashboard's (a foreign site whose name was
    /// made to lead here), from another machine while there are no tokens, or from a page of another site.
    func checkOrigin(_ request: DashboardRequest) throws(HTTPProblem) {
        guard isKnown(request.authority) else {
            throw HTTPProblem(
                .misdirectedRequest,
                "unknown-host",
                "this dashboard does not go by the name that was asked for; add it to allowedHosts if it should"
            )
        }
        guard needsToken || request.isLocal else {
            throw HTTPProblem(.forbidden, "not-local", "without tokens, this dashboard answers its own machine only")
        }
        // A proxy on this machine makes everyone look local; most say for whom they ask.
        guard needsToken || !request.isForwarded else {
            throw HTTPProblem(
                .forbidden,
                "forwarded",
                "the request came through a proxy, and without tokens this dashboard answers its own machine only; "
                    + "configure tokens"
            )
        }
        guard !request.isReading else { return }
        if let origin = request.headers[.origin] {
            let authority = origin.split(separator: "//", maxSplits: 1).dropFirst().first.map(String.init) ?? origin
            guard authority.lowercased() == request.authority.lowercased() else { throw Self.foreign }
        } else if let site = request.headers[.fetchSite], site != "same-origin", site != "none" {
            throw Self.foreign
        }
    }

    private static let foreign = HTTPProblem(
        .forbidden,
        "cross-site",
        "the request came from a page of another site; actions are only taken from the dashboard's own pages"
    )

    private func isKnown(_ authority: String) -> Bool {
        if HostName.isLoopback(HostName.ofAuthority(authority)) { return true }
        let allowed = configuration.allowedHosts
        if allowed.isEmpty { return needsToken }
        let authority = authority.lowercased()
        let name = HostName.ofAuthority(authority)
        return allowed.contains { $0.lowercased() == authority || $0.lowercased() == name }
    }

    /// How a client is counted.
    func client(_ request: DashboardRequest) -> String { request.remoteAddress ?? "unknown" }

    func limit(_ limiter: RateLimiter, _ client: String) throws(HTTPProblem) {
        guard let wait = limiter.take(client) else { return }
        let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
        throw HTTPProblem(
            .tooManyRequests,
            "too-many-requests",
            "too many requests; try again in \(seconds) s",
            headers: [.retryAfter: String(seconds)]
        )
    }

    /// A program: by its token, in the header `Authorization: Bearer …`.
    func program(_ request: DashboardRequest) throws(HTTPProblem) -> Identity {
        guard needsToken else { return .local }
        guard let header = request.headers[.authorization] else { throw Self.unauthorized("give a token") }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Self.unauthorized("the header Authorization has to be \"Bearer\" and a token")
        }
        return try identity(ofSecret: String(parts[1]), request)
    }

    func identity(ofSecret secret: String, _ request: DashboardRequest) throws(HTTPProblem) -> Identity {
        // Before looking, so that who has guessed too often is not told that a guess was right. A good one does not count.
        try limit(failures, client(request))
        guard let token = AccessToken.find(secret, among: configuration.tokens) else {
            throw Self.unauthorized("there is no such token")
        }
        failures.giveBack(client(request))
        return Identity(name: token.name, role: token.role)
    }

    private static func unauthorized(_ message: String) -> HTTPProblem {
        HTTPProblem(.unauthorized, "unauthorized", message, headers: [.wwwAuthenticate: "Bearer realm=\"aloft\""])
    }

    /// A browser: by its session; `nil` if it has to log in.
    func person(_ session: String?) -> Identity? {
        needsToken ? session.flatMap { sessions.identity($0) } : .local
    }

    /// - Parameter prefix: Where the dashboard is mounted.
    func cookie(_ session: String, prefix: String, isOver: Bool = false) -> String {
        var parts = [
            "\(Self.cookieName)=\(isOver ? "" : session)", "Path=\(prefix.isEmpty ? "/" : prefix)", "HttpOnly",
        ]
        parts.append("SameSite=Strict")
        if configuration.isBehindTLS { parts.append("Secure") }
        if isOver {
            parts.append("Max-Age=0")
        } else if needsToken {
            parts.append("Max-Age=\(max(1, Int(configuration.sessionDuration / .seconds(1))))")
        }
        return parts.joined(separator: "; ")
    }
}

extension HTTPField.Name {
    /// From where a browser makes a request: "same-origin", "cross-site", …
    static let fetchSite = Self("sec-fetch-site").unsafelyNamed
    /// For whom a proxy makes a request, by RFC 7239 and as most say it.
    static let forwarded = Self("forwarded").unsafelyNamed
    static let forwardedFor = Self("x-forwarded-for").unsafelyNamed
}

extension Optional where Wrapped == HTTPField.Name {
    /// For names that are written here and are valid.
    var unsafelyNamed: HTTPField.Name { self ?? .xContentTypeOptions }
}
