internal import HTTPTypes

/// Lets browsers in that have a token.
struct LoginForm: Sendable {
    let gate: Gate
    let renderer: Renderer
    let base: String

    func submit(_ call: Call) throws -> DashboardResponse {
        guard gate.needsToken else { return .redirect(to: "\(base)/") }
        guard call.request.contentType == "application/x-www-form-urlencoded" else {
            throw HTTPProblem(.unsupportedMediaType, "unsupported-media-type", "this address takes forms")
        }
        let form = FormFields(encoded: String(decoding: call.request.body, as: UTF8.self))
        var call = call
        call.form = form
        do {
            let identity = try gate.identity(ofSecret: form["token"] ?? "", call.request)
            // A new session, whatever cookie came along: nobody else can have prepared it.
            var response = DashboardResponse.redirect(to: base + Self.place(form["next"]))
            response.headers[.setCookie] = gate.cookie(gate.sessions.begin(identity), prefix: base)
            return response
        } catch {
            guard error.status == .unauthorized else { throw error }
            return renderer.login(call, problem: "There is no such token.")
        }
    }

    /// Where to go after logging in: only places of this dashboard.
    static func place(_ next: String?) -> String {
        guard let next, next.hasPrefix("/"), !next.hasPrefix("//"), !next.hasPrefix("/\\"),
            next.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") })
        else { return "/" }
        return next
    }
}

extension Renderer {
    func login(_ call: Call, problem: String?) -> DashboardResponse {
        let model = LoginModel(
            base: base,
            next: LoginForm.place(call.request.query["next"] ?? call.form["next"]),
            loginProblem: problem,
            isNeeded: !configuration.tokens.isEmpty
        )
        let page = Page(
            title: "Log in",
            section: .none,
            fragments: [fragment("login", "login", model)],
            status: problem == nil ? .ok : .unauthorized,
            isLive: false
        )
        return response(page, Call(request: call.request, identity: Identity(name: "", role: .read)))
    }
}

struct LoginModel {
    var base: String
    var next: String
    var loginProblem: String?
    var isNeeded: Bool
}
