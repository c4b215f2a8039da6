import AloftCore
import AloftDashboard
import AloftTesting
import HTTPTypes
import Hummingbird
import Testing

@Suite("Pages", .timeLimit(.minutes(2))) struct PageTests {
    @Test("each shows what it is about")
    func pages() async throws {
        let stage = try await Stage()
        try await stage.retrying("order-1")
        try await stage.finished(
            "order-2",
            .failed(
                Failure(
                    type: "Declined",
                    message: "no funds",
                    causes: [.init(type: "Net", message: "down")],
                    backtrace: "frame 1"
                )
            )
        )
        try await stage.quarantine("poisonous")
        try await withDashboard(stage) { browser async throws in
            let expectations: [(String, [String])] = [
                ("/", ["Overview", "order-2", "orders", "1 worker", "in quarantine"]),
                ("/instances", ["order-1", "order-2", "poisonous", "quarantined"]),
                ("/instances?status=failed", ["order-2"]),
                ("/instances?prefix=order", ["order-1", "order-2"]),
                (
                    "/instance?id=order-1",
                    ["Waits for", "Charge", "attempt 2", "Try now…", "Timeline", "<rect", "customer"]
                ),
                ("/instance?id=order-2", ["Declined", "no funds", "caused by", "Net", "frame 1", "Remove"]),
                ("/instance?id=poisonous", ["In quarantine", "Release"]),
                ("/queues", ["orders", "<svg"]), ("/workers", ["here:1", "orders"]),
                ("/worker?id=\(stage.worker.worker)", ["Pay", "Charge"]), ("/quarantine", ["poisonous", "Release"]),
                ("/audit", ["Nothing was done"]),
            ]
            for (path, texts) in expectations {
                let page = try await browser.get(path)
                #expect(page.status == .ok, "\(path)")
                for text in texts { #expect(page.text.contains(text), "\(path) lacks \(text)") }
                #expect(!page.text.contains("{{"), "\(path)")
            }
            #expect(try await !browser.get("/instances?status=failed").text.contains("order-1"))
        }
    }

    @Test("nothing is done by one press: each action is asked about first")
    func asked() async throws {
        let stage = try await Stage()
        try await stage.retrying("order-1")
        try await stage.quarantine("poisonous")
        try await stage.finished("done")
        try await withDashboard(stage) { browser async throws in
            for path in [
                "/instance?id=order-1", "/instance?id=poisonous", "/instance?id=done", "/quarantine", "/instances",
            ] {
                let page = try await browser.get(path)
                for match in page.text.matches(of: /method="post" action="([^"]+)"/) {
                    let before = page.text[..<match.range.lowerBound]
                    let opened = before.ranges(of: "<details").count - before.ranges(of: "</details>").count
                    #expect(opened > 0, "\(match.1) of \(path)")
                }
                #expect(path == "/instances" || page.text.contains("method=\"post\""), "\(path)")
            }
        }
    }

    @Test("an earlier execution is seen, and one leads to the other")
    func executions() async throws {
        let stage = try await Stage(continuedRetention: .seconds(3_600))
        let first = try await stage.start("loop").execution
        let next = Continuation(
            execution: "second/1",
            started: .init(workflow: "Pay", queue: "orders", input: .none, continuedFrom: first)
        )
        try await stage.decide("loop", [], completion: .continuedAsNew(next))
        try await stage.decide("loop", (1...3).map { TimelineTests.activity($0, "Step\($0)") })
        let place = "/instance?id=loop"
        try await withDashboard(stage) { browser async throws in
            let current = try await browser.get(place).text
            #expect(current.contains("activity Step3 scheduled") && !current.contains("not the current one"))
            let back = "\(place)&amp;execution=\(first)"
            #expect(current.contains("href=\"/aloft\(back)#history\""))
            let earlier = try await browser.get("\(place)&execution=\(first)").text
            #expect(earlier.contains("continued as new") && !earlier.contains("activity Step3 scheduled"))
            #expect(earlier.contains("not the current one") && earlier.contains("events 1–2"))
            #expect(earlier.contains("href=\"/aloft\(place)&amp;execution=second%2F1#history\""))
            let same = try await browser.get("\(place)&execution=second%2F1").text
            #expect(same.contains("1–4 of 4 events") && !same.contains("not the current one"))
            #expect(try await browser.get("\(place)&execution=none").status == .notFound)
        }
    }

    @Test("sub-workflows of sub-workflows are told, as far as a page may read")
    func family() async throws {
        let stage = try await Stage()
        try await stage.start("root")
        func add(_ children: [String], to parent: WorkflowTask) async throws {
            let scheduled = children.enumerated().map { index, child in
                EventBody.subWorkflowScheduled(
                    .init(
                        command: CommandID(index + 1),
                        workflow: "Pay",
                        instance: InstanceID(child),
                        execution: ExecutionID("e-\(child)"),
                        input: .none
                    )
                )
            }
            try await stage.decide(parent, scheduled)
        }
        func tasks() async throws -> [WorkflowTask] {
            try await stage.store.nextWorkflowTasks(for: stage.worker, limit: 1_000)
        }
        for child in ["child", "grandchild", "third", "fourth"] {
            try await add([child], to: try #require(try await tasks().first))
        }
        _ = try await tasks()
        try await stage.start("wide")
        try await add((1...60).map { "w-\($0)" }, to: try #require(try await tasks().first))
        for task in try await tasks() { try await add(["below-\(task.instance.rawValue.dropFirst(2))"], to: task) }
        try await withDashboard(stage) { browser async throws in
            func family(_ id: String) async throws -> Substring {
                let page = try await browser.get("/instance?id=\(id)").text
                let start = try #require(page.firstRange(of: "<h2>Family</h2>"))
                return page[start.upperBound...]
            }
            let deep = try await family("root")
            for id in ["child", "grandchild", "third"] { #expect(deep.contains(">\(id)</a>"), "\(id)") }
            #expect(!deep.contains(">fourth</a>"))
            #expect(deep.contains("More sub-workflows of third"), "there is more below the last that is told")
            #expect(!deep.contains("More sub-workflows of child"))
            let wide = try await family("wide")
            #expect((1...60).allSatisfy { wide.contains(">w-\($0)</a>") })
            // 60 states, and 2 reads for each of 20 sub-workflows.
            let told = (1...60).count { wide.contains(">below-\($0)</a>") }
            let cut = (1...60).count { wide.contains("More sub-workflows of w-\($0),") }
            #expect(told > 0 && told <= 20 && told + cut == 60, "\(told) and \(cut)")
        }
    }

    @Test("an empty store tells what to do")
    func empty() async throws {
        try await withDashboard(try await Stage()) { browser async throws in
            #expect(try await browser.get("/").text.contains("There are no instances yet"))
            #expect(try await browser.get("/instances").text.contains("No instances yet"))
            #expect(try await browser.get("/quarantine").text.contains("Nothing is in quarantine"))
        }
    }

    @Test("what is not there is said so")
    func missing() async throws {
        try await withDashboard(try await Stage()) { browser async throws in
            let page = try await browser.get("/instance?id=nobody")
            #expect(page.status == .notFound)
            #expect(page.text.contains("there is no instance"))
            #expect(try await browser.get("/nowhere").status == .notFound)
            #expect(try await browser.get("/worker?id=nobody").status == .notFound)
            #expect(try await browser.get("/instance").status == .badRequest)
            #expect(try await browser.get("/instances?status=odd").status == .badRequest)
            #expect(try await browser.get("/instances?after=soon").status == .badRequest)
            #expect(try await browser.get("/instances?cursor=x").status == .badRequest)
            #expect(try await browser.send(.delete, "/queues").status == .methodNotAllowed)
        }
    }

    @Test(
        "texts of others are shown and never obeyed",
        arguments: [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a\u{202E}b\u{200B}c",
            "{{{base}}}{{#rows}}x", "'; --&amp;",
        ]
    )
    func hostile(_ text: String) async throws {
        let stage = try await Stage()
        let id = InstanceID(text)
        try await stage.start(id, workflow: text, input: "{\"\(text.replacing("\"", with: "\\\""))\":1}")
        try await stage.decide(
            id,
            [],
            completion: .failed(
                Failure(type: text, message: text, causes: [.init(type: text, message: text)], backtrace: text)
            )
        )
        try await withDashboard(stage) { browser async throws in
            let encoded = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            for path in [
                "/", "/instances", "/instance?id=\(encoded)", "/instances?prefix=\(encoded)&workflow=\(encoded)",
                "/nowhere/\(encoded)",
            ] {
                let page = try await browser.get(path)
                for danger in ["<script>alert", "<img src=x", "\u{202E}", "\u{200B}"] {
                    #expect(!page.text.contains(danger), "\(path) contains \(danger)")
                }
            }
            #expect(try await browser.get("/instance?id=\(encoded)").status == .ok)
        }
    }

    @Test("a huge payload is cut")
    func huge() async throws {
        let stage = try await Stage()
        try await stage.start("big", input: "\"\(String(repeating: "x", count: 500_000))\"")
        try await stage.decide("big", [])
        try await withDashboard(stage) { browser async throws in
            let page = try await browser.get("/instance?id=big")
            #expect(page.text.utf8.count < 150_000)
            #expect(page.text.contains("the first 65536 of 500002 bytes"))
        }
    }

    @Test("lists and histories have pages")
    func paging() async throws {
        let stage = try await Stage()
        for number in 1...120 {
            try await stage.start(InstanceID("i-\(number)"))
            stage.clock.advance(by: .milliseconds(1))
        }
        try await stage.start("long")
        try await stage.decide("long", (1...250).map { TimelineTests.activity($0, "Step\($0)") })
        try await withDashboard(stage) { browser async throws in
            var path = "/instances?queue=orders"
            var pages = 0
            while true {
                pages += 1
                let page = try await browser.get(path)
                guard let next = page.text.firstMatch(of: /rel="next" href="\/aloft([^"]+)"/) else { break }
                path = String(next.1).replacing("&amp;", with: "&")
                #expect(path.contains("queue=orders"))
            }
            #expect(pages == 3)
            let history = try await browser.get("/instance?id=long&after=100")
            #expect(history.text.contains("101–200 of 251 events"))
            #expect(history.text.contains("The first 130 steps are not drawn"))
            #expect(history.text.contains("activity Step150 scheduled"))
        }
    }

    @Test("those that can change are kept up to date, up to a limit")
    func live() async throws {
        let stage = try await Stage()
        try await stage.start("open")
        try await withDashboard(stage) {
            $0.maximumLivePages = 0
        } _: { browser async throws in
            #expect(
                try await browser.get("/instance?id=open").text.contains(
                    "data-live=\"/aloft/live?page=%2Finstance%3Fid%3Dopen\""
                )
            )
            let refused = try await browser.get("/live?page=%2Finstances")
            #expect(refused.status == .serviceUnavailable)
            #expect(try await browser.get("/live?page=%2Fnowhere").status == .notFound)
            try await stage.store.terminate("open", execution: nil, reason: "enough")
            #expect(try await !browser.get("/instance?id=open").text.contains("data-live"))
        }
    }

    @Test("search leads to the instance, or to those whose ids begin so")
    func search() async throws {
        let stage = try await Stage()
        try await stage.start("order-1")
        try await withDashboard(stage) { browser async throws in
            #expect(try await browser.get("/search?q=order-1").headers[.location] == "/aloft/instance?id=order-1")
            #expect(try await browser.get("/search?q=ord").headers[.location] == "/aloft/instances?prefix=ord")
            #expect(try await browser.get("/search?q=%3Cb%3E").headers[.location] == "/aloft/instances?prefix=%3Cb%3E")
        }
    }

    @Test("say what browsers may do with them, and nothing of theirs is inline")
    func policy() async throws {
        let stage = try await Stage()
        try await stage.retrying("order-1")
        try await withDashboard(stage) { browser async throws in
            for path in ["/", "/instance?id=order-1", "/nowhere", "/api/v1/queues", "/login"] {
                let page = try await browser.get(path)
                let policy = try #require(page.headers[.contentSecurityPolicy])
                #expect(policy.contains("default-src 'none'"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(page.headers[.xContentTypeOptions] == "nosniff")
                #expect(page.headers[.cacheControl] == "no-store")
                #expect(page.text.firstMatch(of: /\sstyle=|\son[a-z]+=|<style|javascript:/) == nil, "\(path)")
                for script in page.text.matches(of: /<script[^>]*>/) {
                    #expect(script.0.contains("src=\"/aloft/assets/"))
                }
            }
        }
    }

    @Test("their files are served and may be kept")
    func assets() async throws {
        try await withDashboard(try await Stage()) { browser async throws in
            let page = try await browser.get("/")
            for match in page.text.matches(of: /"\/aloft(\/assets\/[^"]+)"/) {
                let file = try await browser.get(String(match.1))
                #expect(file.status == .ok)
                #expect(file.headers[.cacheControl]?.contains("immutable") == true)
                #expect(file.headers[.contentType]?.hasPrefix("text/html") == false)
            }
            #expect(try await browser.get("/assets/1/nothing").status == .notFound)
            #expect(try await browser.send(.head, "/").text.isEmpty)
        }
    }
}
