internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// What a request comes with: the address of its client.
struct DashboardContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    var remoteAddress: SocketAddress? { channel.remoteAddress }
}

/// Hands requests of Hummingbird to the site, and its answers back.
struct SiteResponder<Context: RequestContext>: HTTPResponder {
    let site: Site
    let base: String

    func respond(to request: Request, context: Context) async throws -> Response {
        var request = request
        let address = (context as? any RemoteAddressRequestContext)?.remoteAddress
        var question = DashboardRequest(
            method: request.method,
            path: path(request.uri.path),
            query: FormFields(encoded: request.uri.query ?? ""),
            headers: request.headers,
            authority: request.head.authority ?? "",
            remoteAddress: address?.clientName,
            isLocal: address?.isLoopback ?? false
        )
        let response: DashboardResponse
        do {
            question.body = Array(buffer: try await request.collectBody(upTo: site.maximumBodyBytes))
            response = await site.respond(to: question)
        } catch is NIOTooManyBytesError {
            response = site.refuse(.tooLarge(site.maximumBodyBytes), question)
        }
        return make(response, isHead: request.method == .head)
    }

    private func path(_ path: String) -> String {
        let rest = path.dropFirst(base.utf8.count)
        return rest.isEmpty ? "/" : String(rest)
    }

    private func make(_ response: DashboardResponse, isHead: Bool) -> Response {
        var headers = response.headers
        switch response.body {
        case .bytes(let bytes):
            headers[.contentLength] = String(bytes.count)
            let body = isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            return Response(status: response.status, headers: headers, body: body)
        case .stream(let next):
            let body = ResponseBody { writer in
                while let bytes = try await next() { try await writer.write(ByteBuffer(bytes: bytes)) }
                try await writer.finish(nil)
            }
            return Response(status: response.status, headers: headers, body: body)
        }
    }
}

extension SocketAddress {
    /// As a client is counted: by its address, without the port.
    fileprivate var clientName: String { ipAddress ?? pathname ?? "unknown" }

    /// Whether it is this machine. A Unix socket is.
    fileprivate var isLoopback: Bool {
        guard let ipAddress else { return pathname != nil }
        return HostName.isLoopback(ipAddress) || ipAddress.hasPrefix("::ffff:127.")
    }
}

extension HTTPProblem {
    static func tooLarge(_ limit: Int) -> HTTPProblem {
        HTTPProblem(.contentTooLarge, "too-large", "the request is larger than \(limit) bytes")
    }
}
