import AloftCore
internal import HTTPTypes

/// Why a request is refused, as people and programs are told.
struct HTTPProblem: Error {
    var status: HTTPResponse.Status
    /// A word for programs: "instance-not-found".
    var code: String
    /// What is wrong and what to do.
    var message: String
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String, headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    static let notFound = HTTPProblem(.notFound, "not-found", "there is nothing at this address")

    static func badRequest(_ message: String) -> HTTPProblem { HTTPProblem(.badRequest, "bad-request", message) }

    static func forbidden(_ needed: AccessRole, _ identity: Identity) -> HTTPProblem {
        HTTPProblem(
            .forbidden,
            "forbidden",
            "this needs the role \(needed), and \(identity.name) has the role \(identity.role)"
        )
    }

    /// - Parameter error: Whatever a route threw.
    init(_ error: any Error) {
        switch error {
        case let problem as HTTPProblem: self = problem
        case let error as StoreError: self.init(error)
        case let error as PayloadError: self.init(.badRequest, "payload", error.description)
        case is CancellationError: self.init(.serviceUnavailable, "stopping", "the dashboard is being stopped")
        default:
            self.init(.internalServerError, "internal", "something went wrong; the log of the dashboard tells what")
        }
    }

    private init(_ error: StoreError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .instanceNotFound: .notFound
            case .instanceFinished, .instanceOpen, .instanceAlreadyExists: .conflict
            case .invalidIdentifier: .badRequest
            case .payloadTooLarge: .contentTooLarge
            case .inboxFull, .historyTooLong: .conflict
            case .unavailable, .cancelled, .shutdown: .serviceUnavailable
            case .outcomeUnknown: .gatewayTimeout
            default: .internalServerError
            }
        self.init(status, error.code.description.replacing(" ", with: "-"), error.message)
    }
}
