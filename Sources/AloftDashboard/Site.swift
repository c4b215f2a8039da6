import AloftClient
import AloftCore
import AloftInsight
internal import HTTPTypes
import Logging
import Tracing

/// The dashboard without a server: takes requests, gives answers.
struct Site: Sendable {
    let client: WorkflowClient
    let configuration: Dashboard.Configuration
    let base: String
    let logger: Logger
    let gate: Gate
    let insight: Insight
    let renderer: Renderer
    let sampler: QueueSampler
    let log: ActionLog
    let hands: Operator
    let live: LiveUpdates
    private(set) var routes: [Route] = []
    /// The pages that can be kept up to date, by their paths.
    private(set) var pages: [String: LivePage] = [:]

    struct LivePage: Sendable {
        let role: AccessRole
        let make: @Sendable (Call) async throws -> Page
    }

    init(
        client: WorkflowClient,
        configuration: Dashboard.Configuration,
        base: String,
        logger: Logger
    ) throws(DashboardError) {
        self.client = client
        self.configuration = configuration
        self.base = base
        self.logger = logger
        gate = Gate(configuration)
        insight = Insight(
            client.store,
            reader: PayloadReader(limit: configuration.maximumShownBytes, coder: client.coder)
        )
        let templates: Templates
        do {
            templates = try Templates()
        } catch {
            throw DashboardError("a template of the dashboard cannot be read: \(error)")
        }
        renderer = Renderer(templates: templates, configuration: configuration, sessions: gate.sessions, base: base)
        sampler = QueueSampler(interval: configuration.sampleInterval)
        log = ActionLog(client.store, most: configuration.auditLength, logger: logger)
        hands = Operator(client: client, log: log)
        live = LiveUpdates(most: configuration.maximumLivePages, interval: configuration.liveInterval)
        addPages()
        addForms()
        addAPI()
        addMetrics()
    }

    var maximumBodyBytes: Int { configuration.maximumBodyBytes }

    /// Adds a page that is reached with GET.
    mutating func page(
        _ path: String,
        _ role: AccessRole = .read,
        _ make: @escaping @Sendable (Call) async throws -> Page
    ) {
        pages[path] = LivePage(role: role, make: make)
        let renderer = renderer
        routes.append(Route(.get, path, .page, role) { call in renderer.response(try await make(call), call) })
    }

    mutating func add(_ route: Route) { routes.append(route) }

    func respond(to request: DashboardRequest) async -> DashboardResponse {
        do {
            return finished(try await answer(request))
        } catch {
            if error is HTTPProblem || error is StoreError || error is PayloadError || error is CancellationError {
                logger.debug(
                    "a request was refused",
                    metadata: ["path": "\(request.path.visible)", "error": "\(error)"]
                )
            } else {
                logger.error("a request failed", metadata: ["path": "\(request.path.visible)", "error": "\(error)"])
            }
            return refuse(HTTPProblem(error), request)
        }
    }

    private func answer(_ request: DashboardRequest) async throws -> DashboardResponse {
        try gate.checkOrigin(request)
        try gate.limit(gate.requests, gate.client(request))
        let (route, values) = try find(request)
        var call = Call(request: request, identity: .local, session: nil, values: values)
        var newSession: String?
        switch route.kind {
        case .open: break
        case .api: call.identity = try gate.program(request)
        case .page, .form:
            call.session = request.cookie(Gate.cookieName)
            guard let identity = gate.person(call.session) else { return toLogin(request) }
            call.identity = identity
            if call.session == nil {
                // Without tokens, too: forms carry what only the browser of this session can know.
                newSession = Sessions.makeID()
                call.session = newSession
            }
        }
        guard call.identity.role >= route.role || route.kind == .open else {
            throw HTTPProblem.forbidden(route.role, call.identity)
        }
        if route.kind == .form { call.form = try form(call) }
        if route.isAction { try gate.limit(gate.actions, "\(call.identity.name)@\(gate.client(request))") }
        var response = try await answer(call, by: route)
        if let newSession { response.headers[.setCookie] = gate.cookie(newSession, prefix: base) }
        return response
    }

    /// Programs have what they start and signal be part of their traces: by the headers of the request, unless the server that the
    /// dashboard is a part of has read them already.
    private func answer(_ call: Call, by route: Route) async throws -> DashboardResponse {
        guard route.kind == .api, ServiceContext.current == nil else { return try await route.handler(call) }
        let trace = client.telemetry.trace(of: call.request.headers, using: HTTPHeaderExtractor())
        return try await ServiceContext.withValue(trace) { try await route.handler(call) }
    }

    private func find(_ request: DashboardRequest) throws(HTTPProblem) -> (Route, [String: String]) {
        let path = request.path.utf8.split(separator: UInt8(ascii: "/")).map { $0 }
        let method = request.method == .head ? .get : request.method
        var allowed: [String] = []
        for route in routes {
            guard let values = route.match(path) else { continue }
            if route.method == method { return (route, values) }
            allowed.append(route.method.rawValue)
        }
        guard allowed.isEmpty else {
            throw HTTPProblem(
                .methodNotAllowed,
                "method-not-allowed",
                "this address knows \(allowed.joined(separator: ", "))",
                headers: [.allow: allowed.joined(separator: ", ")]
            )
        }
        throw .notFound
    }

    private func toLogin(_ request: DashboardRequest) -> DashboardResponse {
        guard request.isReading else { return .redirect(to: "\(base)/login") }
        var address = request.path
        if !request.query.isEmpty { address += "?" + request.query.encoded }
        return .redirect(to: "\(base)/login?next=\(PercentCoding.encode(address))")
    }

    /// The fields of a form that came from one of our pages.
    private func form(_ call: Call) throws(HTTPProblem) -> FormFields {
        guard call.request.contentType == "application/x-www-form-urlencoded" else {
            throw HTTPProblem(.unsupportedMediaType, "unsupported-media-type", "this address takes forms")
        }
        let form = FormFields(encoded: String(decoding: call.request.body, as: UTF8.self))
        guard let session = call.session, gate.sessions.isFormToken(form["csrf"] ?? "", of: session) else {
            throw HTTPProblem(
                .forbidden,
                "stale-form",
                "the form is too old, or came from another page; go back, reload it and send it again"
            )
        }
        return form
    }

    /// The answer to a request that is refused: JSON for programs, a page for people.
    func refuse(_ problem: HTTPProblem, _ request: DashboardRequest) -> DashboardResponse {
        var response: DashboardResponse
        if request.path.hasPrefix("/api/") || request.path == Self.metricsPath {
            let body = ProblemBody(error: .init(code: problem.code, message: problem.message))
            response = .json((try? InsightJSON.encode(body)) ?? [], status: problem.status)
        } else {
            response = renderer.problem(problem, request)
        }
        for field in problem.headers { response.headers[field.name] = field.value }
        return finished(response)
    }

    private func finished(_ response: DashboardResponse) -> DashboardResponse {
        var response = response
        SecurityHeaders.add(to: &response.headers)
        return response
    }

    /// Looks at the queues at intervals until the task is cancelled.
    func sampleQueues() async {
        while !Task.isCancelled {
            if let queues = try? await insight.queues() { sampler.note(queues, at: client.store.now) }
            try? await Task.sleep(for: configuration.sampleInterval)
        }
    }
}

/// How programs are told of an error.
struct ProblemBody: Codable, Sendable {
    struct Problem: Codable, Sendable {
        var code: String
        var message: String
    }

    var version = InsightJSON.version
    var error: Problem
}
