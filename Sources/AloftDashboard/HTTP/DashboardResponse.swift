internal import HTTPTypes

/// An answer, free of the server that it goes through.
struct DashboardResponse: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// An answer that goes on: each call waits for the next part; `nil` ends it.
        case stream(@Sendable () async throws -> [UInt8]?)
    }

    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: Body

    init(_ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    init(_ status: HTTPResponse.Status = .ok, type: String, _ bytes: [UInt8]) {
        self.init(status, headers: [.contentType: type], body: .bytes(bytes))
    }

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> DashboardResponse {
        DashboardResponse(status, type: "text/html; charset=utf-8", Array(text.utf8))
    }

    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> DashboardResponse {
        DashboardResponse(status, type: "application/json", bytes)
    }

    /// To another page, which is then asked for with GET.
    static func redirect(to address: String) -> DashboardResponse {
        DashboardResponse(.seeOther, headers: [.location: address])
    }
}
