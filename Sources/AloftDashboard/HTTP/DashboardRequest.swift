internal import HTTPTypes

/// A request as the dashboard looks at it, free of the server that it came through.
struct DashboardRequest: Sendable {
    var method: HTTPRequest.Method
    /// Below the place at which the dashboard is mounted: "/instances".
    var path: String
    var query: FormFields
    var headers: HTTPFields
    /// "Host", or what stands for it in HTTP/2.
    var authority: String
    /// The address that it came from; `nil` if that is not known.
    var remoteAddress: String?
    /// Whether that is this machine.
    var isLocal: Bool
    var body: [UInt8]

    init(
        method: HTTPRequest.Method,
        path: String,
        query: FormFields = FormFields(),
        headers: HTTPFields = [:],
        authority: String = "",
        remoteAddress: String? = nil,
        isLocal: Bool = true,
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.authority = authority
        self.remoteAddress = remoteAddress
        self.isLocal = isLocal
        self.body = body
    }

    /// Whether it changes nothing.
    var isReading: Bool { method == .get || method == .head }

    /// Whether a proxy says that it asks for somebody else.
    var isForwarded: Bool { headers[.forwarded] != nil || headers[.forwardedFor] != nil }

    /// The media type of the body, without its parameters.
    var contentType: String {
        let value = headers[.contentType] ?? ""
        let type = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        return type.filter { $0 != " " }.lowercased()
    }

    func cookie(_ name: String) -> String? {
        for part in (headers[.cookie] ?? "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].filter({ $0 != " " }) == name else { continue }
            return pair[1].filter { $0 != " " }
        }
        return nil
    }
}
