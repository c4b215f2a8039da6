import AloftClient
import AloftCore
import AloftDashboard
import AloftInsight
import AloftTesting
import HTTPTypes
import Hummingbird
import Logging
import Synchronization
import Testing

@Suite("Actions", .timeLimit(.minutes(2))) struct ActionTests {
    @Test("forms cancel, signal, try again, terminate, remove and release, and the audit tells of it")
    func forms() async throws {
        let stage = try await Stage()
        try await stage.retrying("order-1")
        try await stage.quarantine("poisonous")
        try await withDashboard(stage) { browser async throws in
            func expect(
                _ path: String,
                _ fields: String,
                leadsTo place: String,
                at location: SourceLocation = #_sourceLocation
            ) async throws {
                let answer = try await browser.submit(path, fields)
                #expect(answer.status == .seeOther, sourceLocation: location)
                #expect(answer.headers[.location] == "/aloft\(place)", sourceLocation: location)
            }
            try await expect("/instance/retry", "id=order-1&command=1", leadsTo: "/instance?id=order-1&done=retry")
            try await expect(
                "/instance/retry",
                "id=order-1&command=1",
                leadsTo: "/instance?id=order-1&done=not-waiting"
            )
            #expect(try await stage.store.pendingActivities(of: "order-1").first?.position == .queued)
            try await expect(
                "/instance/signal",
                "id=order-1&name=approval&payload=%7B%22by%22%3A%22ada%22%7D&signal-id=s1",
                leadsTo: "/instance?id=order-1&done=signal"
            )
            try await expect("/instance/cancel", "id=order-1&reason=late", leadsTo: "/instance?id=order-1&done=cancel")
            try await stage.decide("order-1", [])
            let history = try await stage.store.history(of: "order-1", after: 0, limit: 100).map(\.body)
            let payload = Payload(bytes: Array("{\"by\":\"ada\"}".utf8), encoding: .json)
            #expect(history.contains(.signalReceived(name: "approval", payload)))
            #expect(history.contains(.cancelRequested(reason: "late")))
            try await expect("/instance/terminate", "id=order-1", leadsTo: "/instance?id=order-1&done=terminate")
            #expect(try await stage.store.state(of: "order-1")?.status == .terminated)
            try await expect("/instance/remove", "id=order-1", leadsTo: "/instances?done=remove")
            #expect(try await stage.store.state(of: "order-1") == nil)
            try await expect("/instance/release", "id=poisonous", leadsTo: "/instance?id=poisonous&done=release")
            #expect(try await stage.store.state(of: "poisonous")?.isQuarantined == false)
            let audit = try await browser.get("/audit").text
            for word in ["retry activity 1", "signal approval", "cancel", "terminate", "remove", "release", "local"] {
                #expect(audit.contains(word), "\(word)")
            }
            #expect(try await browser.get("/instances?done=remove").text.contains("The instance was removed."))
            #expect(try await !browser.get("/instances?done=%3Cb%3E").text.contains("role=\"status\""))
        }
    }

    @Test("what cannot be done is said so, and the audit has it")
    func refused() async throws {
        let stage = try await Stage()
        try await stage.finished("done")
        try await stage.start("open")
        try await withDashboard(stage) { browser async throws in
            #expect(try await browser.submit("/instance/cancel", "id=done").status == .conflict)
            #expect(try await browser.submit("/instance/remove", "id=open").status == .conflict)
            #expect(try await browser.submit("/instance/cancel", "id=nobody").status == .notFound)
            #expect(try await browser.submit("/instance/cancel", "reason=x").status == .badRequest)
            #expect(
                try await browser.submit("/instance/signal", "id=open&name=x&payload=%7Bbroken").status == .badRequest
            )
            #expect(try await browser.submit("/instance/signal", "id=open").status == .badRequest)
            #expect(try await browser.get("/audit").text.contains("instance finished"))
            let actions = try await browser.get("/api/v1/actions?limit=1").text
            #expect(actions.contains("\"isFailure\":true") && actions.contains("\"kind\":\"actions\""))
            // Another dashboard on the store tells of it, too.
            try await withDashboard(stage) { other async throws in
                let page = try await other.get("/audit").text
                #expect(page.contains("instance finished"))
            }
        }
    }

    @Test("many are acted on by a filter, once somebody says that they mean it")
    func bulk() async throws {
        let stage = try await Stage()
        for number in 1...7 { try await stage.start(InstanceID("a-\(number)")) }
        for number in 1...3 { try await stage.start(InstanceID("b-\(number)")) }
        try await withDashboard(stage) { browser async throws in
            #expect(try await browser.submit("/instances/bulk", "prefix=a-&action=terminate").status == .badRequest)
            #expect(
                try await browser.submit("/instances/bulk", "prefix=a-&action=dance&sure=yes").status == .badRequest
            )
            let answer = try await browser.submit("/instances/bulk", "prefix=a-&action=terminate&sure=yes")
            #expect(answer.headers[.location] == "/aloft/instances?prefix=a-&done=bulk")
            #expect(try await stage.store.instanceCounts() == [.terminated: 7, .running: 3])
            _ = try await browser.submit("/instances/bulk", "prefix=a-&action=remove&sure=yes")
            #expect(try await stage.store.instanceCounts() == [.running: 3])
            #expect(try await browser.get("/audit").text.contains("done: 7"))
            let all = try await browser.submit("/instances/bulk", "action=terminate&sure=yes&workflow=&status=")
            #expect(all.status == .badRequest && all.text.contains("nothing was done"))
            #expect(try await stage.store.instanceCounts() == [.running: 3])
        }
    }

    @Test("the audit tells on which it was done, why, and how far it came")
    func recorded() async throws {
        let stage = try await Stage(inboxLimit: 2)
        for id in ["a-1", "a-2", "a-3"] as [InstanceID] {
            try await stage.start(id)
            stage.clock.advance(by: .milliseconds(1))
        }
        try await stage.client.handle("a-2", returning: Void.self).signal(Signal<Void>("full"))
        try await withDashboard(stage) { browser async throws in
            let conditions = "prefix=a-&workflow=Pay"
            let answer = try await browser.submit(
                "/instances/bulk",
                "\(conditions)&action=cancel&sure=yes&reason=too+late"
            )
            #expect(answer.status == .conflict)
            _ = try await browser.send(.post, "/api/v1/bulk", body: #"{"action":"terminate","all":true}"#)
            _ = try await browser.submit("/quarantine/release", "")
            _ = try await browser.submit("/instance/remove", "id=a-1")
        }
        let actions = try await stage.store.lastActions(10)
        #expect(actions.map(\.action) == ["remove", "release many", "terminate many", "cancel many"])
        #expect(actions.map(\.subject) == ["a-1", "quarantined=yes", "all", "workflow=Pay&prefix=a-"])
        #expect(actions.map(\.reason) == [nil, nil, nil, "too late"])
        #expect(actions.map(\.isAboutOne) == [true, false, false, false])
        #expect(actions[2].outcome == "done: 3" && !actions[2].isFailure)
        #expect(actions[3].outcome.hasPrefix("done: 1, then: ") && actions[3].isFailure, "\(actions[3].outcome)")
    }

    @Test("a form on many goes on where the one before it left off")
    func onward() async throws {
        let stage = try await Stage()
        for number in 1...503 { try await stage.start(InstanceID("a-\(number)")) }
        try await withDashboard(stage) { browser async throws in
            let first = try await browser.submit("/instances/bulk", "prefix=a-&action=cancel&sure=yes")
            let place = try #require(first.headers[.location]?.dropFirst("/aloft".count))
            let cursor = try #require(place.firstMatch(of: /cursor=([^&]+)/)).1
            #expect(place == "/instances?prefix=a-&cursor=\(cursor)&done=bulk-more")
            let page = try await browser.get(String(place)).text
            #expect(page.contains("On the next 500") && page.contains("name=\"cursor\" value=\""))
            #expect(page.contains("There may be more"))
            let second = try await browser.submit(
                "/instances/bulk",
                "prefix=a-&action=cancel&sure=yes&cursor=\(cursor)"
            )
            #expect(second.headers[.location] == "/aloft/instances?prefix=a-&done=bulk")
            #expect(try await browser.get("/audit").text.contains("done: 3"))
            let other = try await browser.get(String(place.replacing("&done=bulk-more", with: ""))).text
            #expect(other.contains("On the newest 500") && !other.contains("name=\"cursor\""))
        }
    }

    @Test("nothing that a client sends can look like a line of the log")
    func forgery() async throws {
        let stage = try await Stage()
        try await stage.start("open")
        let log = LogFields()
        try await withDashboard(stage, logger: Logger(label: "test") { _ in log }) { browser async throws in
            let name = "x\\n2026-11-23 an action was taken who=ada\\u202e" + String(repeating: "y", count: 5_000)
            let body = "{\"name\":\"\(name)\"}"
            _ = try await browser.send(.post, "/api/v1/instances/open/signals", body: body)
            let start = "{\"workflow\":\"W\\r\\nforged\",\"id\":\"i\\nforged\"}"
            _ = try await browser.send(.post, "/api/v1/instances", body: start)
        }
        let fields = log.fields.withLock { $0 }
        #expect(fields.count == 10)
        for field in fields { #expect(field == field.visible && field.count <= 512, "\(field.prefix(100))") }
    }

    @Test("forms of other pages, other sites and other names are refused")
    func foreign() async throws {
        let stage = try await Stage()
        try await stage.start("open")
        try await withDashboard(stage) { browser async throws in
            let form = "application/x-www-form-urlencoded"
            func status(_ headers: HTTPFields, _ body: String = "id=open", type: String? = nil) async throws
                -> HTTPResponse.Status
            {
                try await browser.send(.post, "/instance/terminate", headers, body: body, type: type ?? form).status
            }
            let page = try await browser.get("/quarantine")
            let cookie = try #require(page.cookie)
            #expect(cookie.hasPrefix("aloft_session="))
            let attributes = page.headers[.setCookie] ?? ""
            #expect(
                attributes.contains("HttpOnly") && attributes.contains("SameSite=Strict")
                    && attributes.contains("Path=/aloft")
            )
            let token = try #require(try await browser.get("/instance?id=open", [.cookie: cookie]).csrf)
            #expect(try await status([:]) == .forbidden)
            #expect(try await status([.cookie: cookie]) == .forbidden)
            #expect(try await status([:], "id=open&csrf=\(token)") == .forbidden)
            #expect(try await status([.cookie: "aloft_session=other"], "id=open&csrf=\(token)") == .forbidden)
            let full = "id=open&csrf=\(token)"
            #expect(try await status([.cookie: cookie, .origin: "https://evil.example"], full) == .forbidden)
            #expect(try await status([.cookie: cookie, .origin: "null"], full) == .forbidden)
            #expect(try await status([.cookie: cookie, .secFetchSite: "cross-site"], full) == .forbidden)
            #expect(try await status([.cookie: cookie], full, type: "text/plain") == .unsupportedMediaType)
            #expect(try await stage.store.state(of: "open")?.status == .running)
            #expect(try await status([.cookie: cookie, .secFetchSite: "same-origin"], full) == .seeOther)
            #expect(try await stage.store.state(of: "open")?.status == .terminated)
        }
    }
}

extension HTTPField.Name {
    static var secFetchSite: Self { Self("Sec-Fetch-Site") ?? .origin }
}

/// Keeps what is in the fields of the record of actions.
private final class LogFields: LogHandler, Sendable {
    let fields = Mutex<[String]>([])
    var logLevel: Logger.Level {
        get { .notice }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        guard event.message.description.hasPrefix("an action was taken") else { return }
        fields.withLock { $0 += (event.metadata ?? [:]).values.map(\.description) }
    }
}
