import AloftClient
import AloftDashboard
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing

/// What tests know of clients: their address.
struct PlainContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    var remoteAddress: SocketAddress? { channel.remoteAddress }
}

/// A dashboard in a server of its own, and a browser or a program that asks it.
struct Browser: Sendable {
    let client: any TestClientProtocol
    /// Sent with every request.
    var headers: HTTPFields = [:]
    /// The place of the dashboard.
    var base = "/aloft"

    struct Answer: Sendable {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let text: String

        /// The form token of a page.
        var csrf: String? { text.firstMatch(of: /name="csrf" content="([^"]+)"/).map { String($0.1) } }

        /// The session that the answer begins, as the browser sends it back.
        var cookie: String? { headers[.setCookie].map { String($0.prefix { $0 != ";" }) } }
    }

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ more: HTTPFields = [:],
        body: String? = nil,
        type: String = "application/json"
    ) async throws -> Answer {
        var fields = headers
        for field in more { fields[field.name] = field.value }
        if body != nil, fields[.contentType] == nil { fields[.contentType] = type }
        let buffer = body.map { ByteBuffer(string: $0) }
        return try await client.execute(uri: base + path, method: method, headers: fields, body: buffer) { response in
            Answer(status: response.status, headers: response.headers, text: String(buffer: response.body))
        }
    }

    func get(_ path: String, _ more: HTTPFields = [:]) async throws -> Answer { try await send(.get, path, more) }

    /// Sends a form as a browser does that has looked at a page of it before.
    func submit(_ path: String, _ fields: String, from page: String = "/") async throws -> Answer {
        let shown = try await get(page)
        var more: HTTPFields = [:]
        if let cookie = shown.cookie { more[.cookie] = cookie }
        let body = "csrf=\(shown.csrf ?? "")&\(fields)"
        return try await send(.post, path, more, body: body, type: "application/x-www-form-urlencoded")
    }
}

/// Runs a test against a dashboard on a stage.
func withDashboard(
    _ stage: Stage,
    _ client: WorkflowClient? = nil,
    logger: Logger? = nil,
    _ change: (inout Dashboard.Configuration) -> Void = { _ in },
    _ test: @Sendable (Browser) async throws -> Void
) async throws {
    var configuration = Dashboard.Configuration()
    configuration.requestRate = .init(perSecond: 1_000, burst: 1_000)
    configuration.actionRate = .init(perSecond: 1_000, burst: 1_000)
    change(&configuration)
    var silent = Logger(label: "test")
    silent.logLevel = .critical
    let router = Router(context: PlainContext.self)
    try Dashboard(client: client ?? stage.client, configuration: configuration, logger: logger ?? silent)
        .mount(on: router, at: "/aloft/")
    let application = Application(
        router: router,
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
        logger: silent
    )
    try await application.test(.live) { client in try await test(Browser(client: client)) }
}

let tokens: [AccessToken] = [
    AccessToken(name: "rita", role: .read, secret: "read-secret-of-tests"),
    AccessToken(name: "otto", role: .operate, secret: "operate-secret-of-tests"),
    AccessToken(name: "ada", role: .admin, secret: "admin-secret-of-tests"),
]

extension HTTPFields {
    static func bearer(_ role: String) -> HTTPFields { [.authorization: "Bearer \(role)-secret-of-tests"] }
}
