import AloftInsight
internal import HTTPTypes
import ServiceLifecycle

/// What one open page is sent, piece by piece, as fast as its browser takes it.
actor LiveFeed {
    private var call: Call
    private let make: @Sendable (Call) async throws -> Page
    private let interval: Duration
    private let end: ContinuousClock.Instant
    private let place: LivePlace
    private let isLetIn: @Sendable () -> Bool
    private var shown: [String: String] = [:]
    private var isFirst = true

    /// - Parameter isLetIn: Whether whoever opened the page may still see it; asked before each look.
    init(
        _ call: Call,
        every interval: Duration,
        for longest: Duration,
        _ place: LivePlace,
        isLetIn: @escaping @Sendable () -> Bool,
        _ make: @escaping @Sendable (Call) async throws -> Page
    ) {
        self.call = call
        self.call.memory = PageMemory()
        self.make = make
        self.interval = interval
        self.place = place
        self.isLetIn = isLetIn
        end = .now + longest
    }

    /// The next piece, when there is one; `nil` at the end, which browsers follow by connecting again.
    func next() async throws -> [UInt8]? {
        guard .now < end else { return nil }
        if isFirst {
            isFirst = false
            return Array("retry: 3000\n\n".utf8) + (try await look())
        }
        let interval = interval
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
        } catch is CancellationError {
            return nil
        }
        // Somebody has logged out, in this tab or in another, or the session has run out: the browser asks again and is sent to log in.
        guard isLetIn() else { return nil }
        return try await look()
    }

    /// Renders the page and tells what has changed. The first time that is all of it, of which a browser takes what differs from
    /// what it has.
    private func look() async throws -> [UInt8] {
        let page: Page
        do {
            page = try await make(call)
        } catch {
            // What was removed is no trouble of the store's, and may come back under the same id.
            let event = HTTPProblem(error).status == .notFound ? "gone" : "trouble"
            return Array("event: \(event)\ndata: {}\n\n".utf8)
        }
        var bytes: [UInt8] = []
        for fragment in page.fragments where shown[fragment.id] != fragment.html {
            shown[fragment.id] = fragment.html
            bytes += try Self.event(fragment)
        }
        for id in Set(shown.keys).subtracting(page.fragments.map(\.id)).sorted() {
            shown[id] = nil
            bytes += try Self.event(Page.Fragment(id: id, html: ""))
        }
        // So that a connection that is gone is noticed, and a page that had trouble knows that it is over.
        return bytes.isEmpty ? Array("event: quiet\ndata: {}\n\n".utf8) : bytes
    }

    private struct Update: Encodable {
        var id: String
        var mark: String
        var html: String
    }

    private static func event(_ fragment: Page.Fragment) throws -> [UInt8] {
        let data = try InsightJSON.encode(Update(id: fragment.id, mark: fragment.mark, html: fragment.html))
        return Array("event: fragment\ndata: ".utf8) + data + Array("\n\n".utf8)
    }
}
