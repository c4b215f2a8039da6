import AloftCore
import AloftInsight
internal import HTTPTypes

extension Site {
    /// Everything that is done from a browser: logging in and out, and actions.
    mutating func addForms() {
        let (gate, renderer, base, hands) = (gate, renderer, base, hands)
        add(Route(.get, "/login", .open, .read) { renderer.login($0, problem: nil) })
        add(
            Route(.post, "/login", .open, .read) {
                try LoginForm(gate: gate, renderer: renderer, base: base).submit($0)
            }
        )
        add(
            Route(.post, "/logout", .form, .read) { call in
                guard let session = call.session else { throw HTTPProblem.notFound }
                gate.sessions.end(session)
                var response = DashboardResponse.redirect(to: "\(base)/login")
                response.headers[.setCookie] = gate.cookie(session, prefix: base, isOver: true)
                return response
            }
        )
        let forms = ActionForms(hands: hands, base: base)
        action("/instance/cancel", .operate) { try await forms.cancel($0) }
        action("/instance/signal", .operate) { try await forms.signal($0) }
        action("/instance/release", .operate) { try await forms.release($0) }
        action("/instance/retry", .operate) { try await forms.retry($0) }
        action("/instance/terminate", .admin) { try await forms.terminate($0) }
        action("/instance/remove", .admin) { try await forms.remove($0) }
        action("/instances/bulk", .admin) { try await forms.bulk($0) }
        action("/quarantine/release", .admin) { try await forms.releaseAll($0) }
    }

    private mutating func action(
        _ path: String,
        _ role: AccessRole,
        _ handler: @escaping @Sendable (Call) async throws -> DashboardResponse
    ) {
        add(Route(.post, path, .form, role, isAction: true, handler))
    }
}

/// The actions as forms send them; each leads to a page that says what was done.
struct ActionForms: Sendable {
    let hands: Operator
    let base: String

    func cancel(_ call: Call) async throws -> DashboardResponse {
        try await hands.cancel(try instance(call), reason: call.form["reason"] ?? "", call)
        return try back(call, "cancel")
    }

    func terminate(_ call: Call) async throws -> DashboardResponse {
        try await hands.terminate(try instance(call), reason: call.form["reason"] ?? "", call)
        return try back(call, "terminate")
    }

    func release(_ call: Call) async throws -> DashboardResponse {
        let isDone = try await hands.release(try instance(call), call)
        return try back(call, isDone ? "release" : "not-quarantined")
    }

    func remove(_ call: Call) async throws -> DashboardResponse {
        try await hands.remove(try instance(call), call)
        return .redirect(to: "\(base)/instances?done=remove")
    }

    func retry(_ call: Call) async throws -> DashboardResponse {
        guard let number = call.form["command"].flatMap(Int.init) else {
            throw HTTPProblem.badRequest("which activity? The form has no command")
        }
        let isDone = try await hands.retry(CommandID(number), of: try instance(call), call)
        return try back(call, isDone ? "retry" : "not-waiting")
    }

    func signal(_ call: Call) async throws -> DashboardResponse {
        guard let name = call.form["name"] else { throw HTTPProblem.badRequest("the signal has no name") }
        let value = try call.form["payload"].map { text throws(HTTPProblem) in try JSONText.value(text, "payload") }
        try await hands.signal(name, value, id: call.form["signal-id"], to: try instance(call), call)
        return try back(call, "signal")
    }

    func bulk(_ call: Call) async throws -> DashboardResponse {
        guard let action = call.form["action"].flatMap({ Operator.BulkAction(rawValue: $0) }) else {
            throw HTTPProblem.badRequest("choose what to do with the instances")
        }
        guard call.form["sure"] == "yes" else {
            throw HTTPProblem.badRequest("tick the box that says that you mean it; nothing was done")
        }
        let query = try ListQuery(call.form)
        guard !query.fields.isEmpty else {
            throw HTTPProblem.badRequest(
                "the form has no conditions, and would act on every instance; nothing was done"
            )
        }
        let done = try await hands.act(action, on: query, reason: call.form["reason"] ?? "", call)
        return after(done.next, "instances", query.fields)
    }

    func releaseAll(_ call: Call) async throws -> DashboardResponse {
        var all = FormFields([("quarantined", "yes")])
        all.set("cursor", call.form["cursor"])
        let done = try await hands.act(.release, on: try ListQuery(all), reason: "", call)
        return after(done.next, "quarantine", FormFields())
    }

    /// The list after something was done to many. If there may be more, it begins where that left off, and so does its form.
    private func after(_ next: String?, _ place: String, _ conditions: FormFields) -> DashboardResponse {
        var fields = conditions
        fields.set("cursor", next)
        fields.set("done", next == nil ? "bulk" : "bulk-more")
        return .redirect(to: "\(base)/\(place)?\(fields.encoded)")
    }

    private func instance(_ call: Call) throws -> InstanceID {
        guard let id = call.form["id"] else { throw HTTPProblem.badRequest("which instance? The form has no id") }
        return try InstanceID(id).validated()
    }

    private func back(_ call: Call, _ done: String) throws -> DashboardResponse {
        .redirect(to: "\(Link.instance(try instance(call).rawValue, base: base))&done=\(done)")
    }
}

/// JSON that people and programs send.
enum JSONText {
    static func value(_ text: String, _ name: String) throws(HTTPProblem) -> JSONValue {
        do {
            return try InsightJSON.decode(JSONValue.self, from: text.utf8)
        } catch {
            throw .badRequest("the \(name) is not JSON; a text needs quotation marks: \"like this\"")
        }
    }
}
