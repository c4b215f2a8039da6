import AloftClient
import AloftCore
import AloftInsight
internal import HTTPTypes

/// What programs do.
struct APIWrites: Sendable {
    let hands: Operator
    let insight: Insight

    func start(_ call: Call) async throws -> DashboardResponse {
        let body = try Self.body(StartBody.self, call)
        let start = try body.start(hands)
        let isNew = try await hands.start(start, call) == .started
        return try .document(
            "started",
            StartedView(isNew: isNew, instance: try await insight.view(of: start.instance)),
            status: isNew ? .created : .ok
        )
    }

    func signal(_ call: Call) async throws -> DashboardResponse {
        let body = try Self.body(SignalBody.self, call)
        try await hands.signal(body.name, body.payload, id: body.id, to: try call.instance(), call)
        return try .document("done", DoneView(isDone: true), status: .accepted)
    }

    func cancel(_ call: Call) async throws -> DashboardResponse {
        try await hands.cancel(try call.instance(), reason: try Self.reason(call), call)
        return try .document("done", DoneView(isDone: true), status: .accepted)
    }

    func terminate(_ call: Call) async throws -> DashboardResponse {
        try await hands.terminate(try call.instance(), reason: try Self.reason(call), call)
        return try .document("done", DoneView(isDone: true))
    }

    func release(_ call: Call) async throws -> DashboardResponse {
        try .document("done", DoneView(isDone: try await hands.release(try call.instance(), call)))
    }

    func retry(_ call: Call) async throws -> DashboardResponse {
        guard let number = call.values["command"].flatMap(Int.init), number > 0 else {
            throw HTTPProblem.badRequest("the command of an activity is a number above zero")
        }
        let isDone = try await hands.retry(CommandID(number), of: try call.instance(), call)
        return try .document("done", DoneView(isDone: isDone))
    }

    func remove(_ call: Call) async throws -> DashboardResponse {
        try await hands.remove(try call.instance(), call)
        return try .document("done", DoneView(isDone: true))
    }

    func bulk(_ call: Call) async throws -> DashboardResponse {
        let body = try Self.body(BulkBody.self, call)
        guard let action = Operator.BulkAction(rawValue: body.action) else {
            let known = Operator.BulkAction.allCases.map(\.rawValue).joined(separator: ", ")
            throw HTTPProblem.badRequest("there is no action \"\(body.action.visible)\"; there are \(known)")
        }
        let query = try body.query()
        let done = try await hands.act(action, on: query, reason: body.reason ?? "", call)
        return try .document("bulk", BulkView(count: done.count, isMore: done.next != nil, next: done.next))
    }

    /// The body of a request: JSON, and said to be: a page of another site can send other types without being asked.
    private static func body<Body: Decodable>(_ type: Body.Type, _ call: Call) throws -> Body {
        guard call.request.contentType == "application/json" else {
            throw HTTPProblem(
                .unsupportedMediaType,
                "unsupported-media-type",
                "the body has to be JSON with the header Content-Type: application/json"
            )
        }
        do {
            return try InsightJSON.decode(type, from: call.request.body)
        } catch let problem as HTTPProblem {
            throw problem
        } catch {
            throw HTTPProblem.badRequest("the body does not fit: \(describe(error))")
        }
    }

    private static func reason(_ call: Call) throws -> String {
        call.request.body.isEmpty ? "" : try body(ReasonBody.self, call).reason ?? ""
    }

    private static func describe(_ error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "" : " at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context): "there is no \"\(key.stringValue)\"\(path(context))"
        case DecodingError.typeMismatch(let type, let context): "expected \(type)\(path(context))"
        case DecodingError.valueNotFound(let type, let context): "null instead of \(type)\(path(context))"
        case DecodingError.dataCorrupted(let context): "\(context.debugDescription)\(path(context))"
        default: "it is not JSON"
        }
    }
}
