import AloftCore
import AloftInsight
internal import HTTPTypes

extension Site {
    /// Everything that programs ask; `openapi.json` describes it.
    mutating func addAPI() {
        let reads = APIReads(insight: insight)
        let writes = APIWrites(hands: hands, insight: insight)
        let all = "/api/v1"
        add(
            Route(.get, "\(all)/openapi.json", .open, .read) { _ in
                DashboardResponse(type: "application/json", PackageResources.openapi_json)
            }
        )
        add(Route(.get, "\(all)/counts", .api, .read) { try await reads.counts($0) })
        add(Route(.get, "\(all)/instances", .api, .read) { try await reads.instances($0) })
        add(Route(.get, "\(all)/instances/{id}", .api, .read) { try await reads.instance($0) })
        add(Route(.get, "\(all)/instances/{id}/report", .api, .read) { try await reads.report($0) })
        add(Route(.get, "\(all)/instances/{id}/history", .api, .read) { try await reads.history($0) })
        add(Route(.get, "\(all)/instances/{id}/activities", .api, .read) { try await reads.activities($0) })
        add(Route(.get, "\(all)/instances/{id}/result", .api, .read) { try await reads.result($0) })
        add(Route(.get, "\(all)/failures", .api, .read) { try await reads.failures($0) })
        add(Route(.get, "\(all)/queues", .api, .read) { try await reads.queues($0) })
        add(Route(.get, "\(all)/workers", .api, .read) { try await reads.workers($0) })
        add(Route(.get, "\(all)/workers/{id}/work", .api, .read) { try await reads.work($0) })
        apiAction(.post, "\(all)/instances", .operate) { try await writes.start($0) }
        apiAction(.post, "\(all)/instances/{id}/signals", .operate) { try await writes.signal($0) }
        apiAction(.post, "\(all)/instances/{id}/cancel", .operate) { try await writes.cancel($0) }
        apiAction(.post, "\(all)/instances/{id}/release", .operate) { try await writes.release($0) }
        apiAction(.post, "\(all)/instances/{id}/activities/{command}/retry", .operate) { try await writes.retry($0) }
        apiAction(.post, "\(all)/instances/{id}/terminate", .admin) { try await writes.terminate($0) }
        apiAction(.delete, "\(all)/instances/{id}", .admin) { try await writes.remove($0) }
        apiAction(.post, "\(all)/bulk", .admin) { try await writes.bulk($0) }
    }

    private mutating func apiAction(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ role: AccessRole,
        _ handler: @escaping @Sendable (Call) async throws -> DashboardResponse
    ) {
        add(Route(method, path, .api, role, isAction: true, handler))
    }
}

extension DashboardResponse {
    /// A document of the API.
    static func document(
        _ kind: String,
        _ data: some Encodable,
        status: HTTPResponse.Status = .ok
    ) throws -> DashboardResponse {
        .json(try InsightJSON.document(kind, data), status: status)
    }
}

extension Call {
    /// The instance that the path names.
    ///
    /// - Throws: `StoreError` with code `invalidIdentifier`.
    func instance() throws -> InstanceID { try InstanceID(values["id"] ?? "").validated() }

    /// A whole number of the query, within bounds.
    func number(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(HTTPProblem) -> Int {
        guard let text = request.query[name] else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw .badRequest("\"\(name)\" has to be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
