import AloftCore
import AloftDashboard
import AloftTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@Suite("Access", .timeLimit(.minutes(2))) struct AccessTests {
    @Test(
        "listening for others without tokens is refused",
        arguments: ["0.0.0.0", "::", "10.0.0.7", "example.org", ""]
    )
    func binding(_ host: String) async throws {
        let stage = try await Stage()
        #expect(throws: DashboardError.self) {
            try Dashboard(client: stage.client, configuration: .init(host: host))
        }
        #expect(throws: Never.self) {
            try Dashboard(client: stage.client, configuration: .init(host: host, tokens: tokens))
        }
    }

    @Test("settings that make no sense are refused")
    func settings() async throws {
        let stage = try await Stage()
        let bad: [[AccessToken]] = [
            [AccessToken(name: "x", role: .read, secret: "short")],
            [AccessToken(name: "", role: .read, secret: "long enough for a secret")],
            [tokens[0], tokens[0]],
        ]
        for tokens in bad {
            #expect(throws: DashboardError.self) {
                try Dashboard(client: stage.client, configuration: .init(tokens: tokens))
            }
        }
        #expect(throws: DashboardError.self) { try Dashboard(client: stage.client, configuration: .init(port: 70_000)) }
        for host in ["127.0.0.1", "localhost", "::1", "127.4.5.6"] {
            #expect(throws: Never.self) { try Dashboard(client: stage.client, configuration: .init(host: host)) }
        }
    }

    @Test("programs need a token, and may do what its role allows")
    func roles() async throws {
        let stage = try await Stage()
        for number in 1...3 { try await stage.start(InstanceID("i-\(number)")) }
        try await withDashboard(stage) {
            $0.tokens = tokens
        } _: { browser async throws in
            #expect(try await browser.get("/api/v1/queues").status == .unauthorized)
            #expect(
                try await browser.get("/api/v1/queues", [.authorization: "Bearer wrong-secret-of-tests"]).status
                    == .unauthorized
            )
            #expect(try await browser.get("/api/v1/queues", [.authorization: "Basic abc"]).status == .unauthorized)
            #expect(try await browser.get("/api/v1/openapi.json").status == .ok)
            func statuses(_ method: HTTPRequest.Method, _ path: String, body: String? = nil) async throws -> [Int] {
                var statuses: [Int] = []
                for role in ["read", "operate", "admin"] {
                    statuses.append(
                        try await browser.send(method, "/api/v1\(path)", .bearer(role), body: body).status.code
                    )
                }
                return statuses
            }
            #expect(try await statuses(.get, "/instances/i-1") == [200, 200, 200])
            #expect(try await statuses(.post, "/instances/i-1/cancel") == [403, 202, 202])
            #expect(try await statuses(.post, "/instances/i-1/signals", body: "{\"name\":\"x\"}") == [403, 202, 202])
            #expect(try await statuses(.post, "/instances/i-2/terminate") == [403, 403, 200])
            #expect(try await statuses(.delete, "/instances/i-2") == [403, 403, 200])
            #expect(
                try await statuses(.post, "/bulk", body: "{\"action\":\"cancel\",\"all\":true}") == [403, 403, 200]
            )
        }
    }

    @Test("browsers log in with a token, and out")
    func session() async throws {
        let stage = try await Stage()
        try await stage.start("open")
        try await withDashboard(stage) {
            $0.tokens = tokens
        } _: { browser async throws in
            let form = "application/x-www-form-urlencoded"
            let refused = try await browser.get("/instances?status=failed")
            #expect(refused.headers[.location] == "/aloft/login?next=%2Finstances%3Fstatus%3Dfailed")
            #expect(try await browser.get("/login").text.contains("type=\"password\""))
            let wrong = try await browser.send(.post, "/login", body: "token=nonsense", type: form)
            #expect(wrong.status == .unauthorized)
            #expect(wrong.text.contains("There is no such token"))
            func logIn(_ role: String, next: String = "%2Fqueues") async throws -> Browser.Answer {
                try await browser.send(.post, "/login", body: "token=\(role)-secret-of-tests&next=\(next)", type: form)
            }
            #expect(try await logIn("read").headers[.location] == "/aloft/queues")
            for elsewhere in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "%2F%0D%0Ax"] {
                #expect(try await logIn("read", next: elsewhere).headers[.location] == "/aloft/")
            }
            let reader = try await logIn("read")
            #expect(reader.headers[.setCookie]?.contains("HttpOnly") == true)
            let asReader: HTTPFields = [.cookie: try #require(reader.cookie)]
            let page = try await browser.get("/instance?id=open", asReader)
            #expect(page.status == .ok)
            #expect(page.text.contains("rita · read"))
            #expect(!page.text.contains("/instance/cancel"), "who may not act is offered nothing")
            #expect(try await browser.get("/audit", asReader).status == .forbidden)
            #expect(try await browser.get("/live?page=%2Faudit", asReader).status == .forbidden)
            let body = "id=open&csrf=\(page.csrf ?? "")"
            #expect(
                try await browser.send(.post, "/instance/cancel", asReader, body: body, type: form).status == .forbidden
            )
            let asAdmin: HTTPFields = [.cookie: try #require(try await logIn("admin").cookie)]
            #expect(try await browser.get("/audit", asAdmin).status == .ok)
            let out = try await browser.get("/queues", asAdmin)
            let gone = try await browser.send(.post, "/logout", asAdmin, body: "csrf=\(out.csrf ?? "")", type: form)
            #expect(gone.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await browser.get("/queues", asAdmin).status == .seeOther)
            #expect(try await browser.get("/queues", [.cookie: "aloft_session=made-up"]).status == .seeOther)
            // A cookie is not enough for the API: pages of other sites cannot set the header.
            #expect(try await browser.get("/api/v1/queues", asReader).status == .unauthorized)
        }
    }

    @Test("other names are refused unless they are allowed")
    func hosts() async throws {
        let stage = try await Stage()
        func status(_ host: String, _ change: (inout Dashboard.Configuration) -> Void) async throws
            -> HTTPResponse.Status
        {
            let status = Box()
            try await withDashboard(stage, nil, change) { browser async throws in
                let client = TestClient(host: "localhost", port: try #require(browser.client.port))
                client.connect()
                let path = "/aloft/api/v1/openapi.json"
                await status.set(try await client.execute(.init(path, method: .get, authority: host)).status)
                try await client.shutdown()
            }
            return try #require(await status.value)
        }
        #expect(try await status("evil.example") { _ in } == .misdirectedRequest)
        func named(_ configuration: inout Dashboard.Configuration) {
            configuration.tokens = tokens
            configuration.allowedHosts = ["aloft.internal"]
        }
        #expect(try await status("evil.example:7777") { named(&$0) } == .misdirectedRequest)
        #expect(try await status("aloft.internal:80") { named(&$0) } == .ok)
        #expect(try await status("localhost:1") { _ in } == .ok)
        #expect(try await status("[::1]:7777") { _ in } == .ok)
        #expect(try await status("localhost.evil.example") { _ in } == .misdirectedRequest)
        #expect(try await status("127.0.0.1.evil.example") { _ in } == .misdirectedRequest)
        #expect(try await status("anything.example") { $0.tokens = tokens } == .ok)
    }

    private actor Box {
        var value: HTTPResponse.Status?
        func set(_ status: HTTPResponse.Status) { value = status }
    }

    @Test("too many requests are refused, and told when to come back")
    func limits() async throws {
        try await withDashboard(try await Stage()) {
            $0.requestRate = .init(perSecond: 0.01, burst: 5)
        } _: { browser async throws in
            for _ in 1...5 { #expect(try await browser.get("/api/v1/queues").status == .ok) }
            let refused = try await browser.get("/api/v1/queues")
            #expect(refused.status == .tooManyRequests)
            #expect(refused.headers[.retryAfter].flatMap(Int.init).map { $0 > 0 } == true)
        }
    }

    @Test("guessing tokens is slow")
    func guessing() async throws {
        try await withDashboard(try await Stage()) {
            $0.tokens = tokens
        } _: { browser async throws in
            var statuses: [Int] = []
            for number in 1...15 {
                let guess: HTTPFields = [.authorization: "Bearer guess-number-\(number)-of-many"]
                statuses.append(try await browser.get("/api/v1/queues", guess).status.code)
            }
            #expect(statuses.prefix(10).allSatisfy { $0 == 401 })
            #expect(statuses.last == 429)
            let right = try await browser.get("/api/v1/queues", .bearer("read")).status
            #expect(right == .tooManyRequests, "nobody is told that a guess beyond that was right")
        }
    }

    @Test("good tokens are not counted as guesses")
    func knowing() async throws {
        try await withDashboard(try await Stage()) {
            $0.tokens = tokens
        } _: { browser async throws in
            for _ in 1...30 { #expect(try await browser.get("/api/v1/queues", .bearer("read")).status == .ok) }
        }
    }

    @Test("without tokens it is not opened to whoever reaches a proxy")
    func proxies() async throws {
        let stage = try await Stage()
        func isRefused(_ change: (inout Dashboard.Configuration) -> Void) -> Bool {
            var configuration = Dashboard.Configuration()
            change(&configuration)
            do {
                _ = try Dashboard(client: stage.client, configuration: configuration)
                return false
            } catch {
                return error.description.contains("Configure tokens")
            }
        }
        #expect(isRefused { $0.isBehindTLS = true })
        #expect(isRefused { $0.allowedHosts = ["localhost", "aloft.example"] })
        #expect(isRefused { $0.allowedHosts = ["aloft.example:443"] })
        #expect(!isRefused { $0.allowedHosts = ["localhost", "127.0.0.1:7777", "[::1]:80", "aloft.localhost"] })
        #expect(
            !isRefused {
                $0.isBehindTLS = true
                $0.allowedHosts = ["aloft.example"]
                $0.tokens = tokens
            }
        )
        for name in ["Forwarded", "X-Forwarded-For"] {
            let headers: HTTPFields = [try #require(HTTPField.Name(name)): "for=192.0.2.7"]
            try await withDashboard(stage) { browser async throws in
                let answer = try await browser.get("/api/v1/queues", headers)
                #expect(answer.status == .forbidden && answer.text.contains("configure tokens"))
            }
            try await withDashboard(stage) {
                $0.tokens = tokens
            } _: { browser async throws in
                var headers = headers
                headers[.authorization] = "Bearer read-secret-of-tests"
                #expect(try await browser.get("/api/v1/queues", headers).status == .ok)
            }
        }
    }

    @Test("a bucket fills as time goes by, for each client")
    func bucket() {
        let limiter = RateLimiter(.init(perSecond: 2, burst: 3), mostClients: 2)
        let start = ContinuousClock.now
        for _ in 1...3 { #expect(limiter.take("a", at: start) == nil) }
        #expect(limiter.take("a", at: start) == .milliseconds(500))
        #expect(limiter.take("b", at: start) == nil)
        #expect(limiter.take("a", at: start + .milliseconds(500)) == nil)
        #expect(limiter.take("a", at: start + .milliseconds(600)) != nil)
        #expect(limiter.take("c", at: start + .seconds(60)) == nil, "those who have been quiet make place")
        let one = RateLimiter(.init(perSecond: 1, burst: 1))
        #expect(one.take("a", at: start) == nil)
        one.giveBack("a")
        one.giveBack("a")
        #expect(one.take("a", at: start) == nil)
        #expect(one.take("a", at: start) != nil, "not more than was taken")
    }
}
