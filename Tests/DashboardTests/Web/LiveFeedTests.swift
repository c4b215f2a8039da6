import AloftCore
import AloftInsight
import AloftTesting
import HTTPTypes
import Synchronization
import Testing

@testable import AloftDashboard

/// What an open page is sent.
@Suite("Live feed", .timeLimit(.minutes(1))) struct LiveFeedTests {
    private func feed(
        isLetIn: @escaping @Sendable () -> Bool = { true },
        _ make: @escaping @Sendable (Call) async throws -> Page
    ) -> LiveFeed {
        let call = Call(request: DashboardRequest(method: .get, path: "/x"), identity: .local)
        let place = LivePlace {}
        return LiveFeed(call, every: .milliseconds(1), for: .seconds(600), place, isLetIn: isLetIn, make)
    }

    private func next(_ feed: LiveFeed) async throws -> String? {
        try await feed.next().map { String(decoding: $0, as: UTF8.self) }
    }

    private static func page(_ html: String) -> Page {
        Page(title: "", section: .none, fragments: [Page.Fragment(id: "a", html: html)])
    }

    @Test("it ends with the session of whoever opened the page")
    func loggedOut() async throws {
        let sessions = Sessions(duration: .seconds(60))
        let identity = Identity(name: "rita", role: .read)
        let session = sessions.begin(identity)
        let looks = Mutex(0)
        let isLetIn: @Sendable () -> Bool = { sessions.identity(session) == identity }
        let feed = feed(isLetIn: isLetIn) { _ in
            let look = looks.withLock { count in
                count += 1
                return count
            }
            return Self.page("\(look)")
        }
        #expect(try await next(feed)?.contains("fragment") == true)
        #expect(try await next(feed)?.contains("fragment") == true)
        sessions.end(session)
        #expect(try await next(feed) == nil)
        #expect(looks.withLock { $0 } == 2)
    }

    @Test("what is gone is told apart from trouble, and neither ends it")
    func gone() async throws {
        let answers = Mutex<[Result<Page, any Error>]>([
            .success(Self.page("1")), .failure(StoreError(.instanceNotFound, "removed")),
            .failure(StoreError(.unavailable, "down")), .success(Self.page("1")), .success(Self.page("2")),
        ])
        let feed = feed { _ in try answers.withLock { $0.removeFirst() }.get() }
        let events = ["fragment", "gone", "trouble", "quiet", "fragment"]
        for event in events { #expect(try await next(feed)?.contains("event: \(event)\n") == true, "\(event)") }
    }

    @Test("what was read at the last look is not read again until something changes, or for too long")
    func memory() async throws {
        let stage = try await Stage()
        try await stage.retrying("order-1")
        let state = try #require(try await stage.store.state(of: "order-1"))
        let insight = Insight(stage.store)
        let pending = try #require(try await insight.pending(of: state))
        let report = try await insight.report(of: state, pending: pending)
        let page = try await insight.history(of: "order-1")
        let memory = PageMemory()
        let now = stage.store.now
        #expect(memory.reading(state, pending, at: now) == nil)
        memory.keep(
            PageMemory.Reading(
                state: state,
                pending: pending,
                moment: now,
                report: report,
                history: HistoryModel(page, after: 0, length: 2, otherExecution: nil, base: ""),
                ancestors: [],
                children: []
            )
        )
        #expect(memory.reading(state, pending, at: now + .seconds(5)) != nil)
        #expect(memory.reading(state, pending, at: now + .seconds(10)) == nil)
        #expect(memory.reading(state, nil, at: now) == nil)
        var changed = state
        changed.historyLength += 1
        #expect(memory.reading(changed, pending, at: now) == nil)
    }
}
