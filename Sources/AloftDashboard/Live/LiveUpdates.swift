internal import HTTPTypes
import Synchronization

/// Keeps pages that are open up to date: renders them again at intervals, and sends the parts that have changed.
final class LiveUpdates: Sendable {
    /// Browsers connect again by themselves: nothing is kept open for ever for a tab that nobody looks at.
    private static let longest = Duration.seconds(600)

    private let most: Int
    private let interval: Duration
    private let count = Mutex(0)

    init(most: Int, interval: Duration) {
        self.most = most
        self.interval = interval
    }

    func response(_ call: Call, pages: [String: Site.LivePage], gate: Gate) throws(HTTPProblem) -> DashboardResponse {
        let address = call.request.query["page"] ?? "/"
        let parts = address.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let page = pages[String(parts.first ?? "/")] else { throw .notFound }
        guard call.identity.role >= page.role else { throw .forbidden(page.role, call.identity) }
        var call = call
        call.request.path = String(parts.first ?? "/")
        call.request.query = FormFields(encoded: parts.count > 1 ? parts[1] : "")
        let (identity, session) = (call.identity, call.session)
        let feed = LiveFeed(
            call,
            every: interval,
            for: Self.longest,
            try takePlace(),
            isLetIn: { gate.person(session) == identity },
            page.make
        )
        return DashboardResponse(
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: .stream { try await feed.next() }
        )
    }

    /// How many pages are kept up to date.
    var openPages: Int { count.withLock { $0 } }

    private func takePlace() throws(HTTPProblem) -> LivePlace {
        let isFree = count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
        guard isFree else {
            throw HTTPProblem(.serviceUnavailable, "too-many-live-pages", "too many pages are kept up to date; reload")
        }
        return LivePlace { [self] in count.withLock { $0 -= 1 } }
    }
}

/// A place among the pages that are kept up to date; given back when nobody has it any more.
final class LivePlace: Sendable {
    private let onLeaving: @Sendable () -> Void

    init(onLeaving: @escaping @Sendable () -> Void) { self.onLeaving = onLeaving }

    deinit { onLeaving() }
}
