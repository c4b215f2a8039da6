import AloftCore
import AloftDashboard
import AloftInsight
import AloftTesting
import Foundation
import Hummingbird
import Testing

@Suite("API", .timeLimit(.minutes(2))) struct APITests {
    private struct Document: Decodable {
        var version: Int
        var kind: String?
        var data: JSONValue?
        var error: JSONValue?

        subscript(_ path: String...) -> JSONValue? {
            path.reduce(data) { value, name in
                if case .object(let members)? = value { return members[name] }
                if case .array(let values)? = value, let index = Int(name), values.indices.contains(index) {
                    return values[index]
                }
                return nil
            }
        }
    }

    private func document(_ answer: Browser.Answer, at location: SourceLocation = #_sourceLocation) throws -> Document {
        #expect(answer.headers[.contentType] == "application/json", sourceLocation: location)
        return try InsightJSON.decode(Document.self, from: answer.text.utf8)
    }

    @Test("a program starts, signals, cancels, terminates, awaits, lists and removes")
    func life() async throws {
        let stage = try await Stage()
        try await withDashboard(stage) { browser async throws in
            let body =
                "{\"workflow\":\"Pay\",\"id\":\"order/1\",\"execution\":\"e1\",\"queue\":\"orders\",\"input\":{\"total\":7},\"memo\":{\"a\":\"b\"}}"
            let started = try await browser.send(.post, "/api/v1/instances", body: body)
            #expect(started.status == .created)
            #expect(try document(started)["instance", "id"] == .string("order/1"))
            #expect(try await browser.send(.post, "/api/v1/instances", body: body).status == .created, "repeated")
            let again = body.replacing("\"e1\"", with: "\"e2\"")
            #expect(try await browser.send(.post, "/api/v1/instances", body: again).status == .conflict)
            let joining = again.replacing("\"queue\"", with: "\"ifOpen\":\"useExisting\",\"queue\"")
            #expect(try await browser.send(.post, "/api/v1/instances", body: joining).status == .ok)
            let place = "/api/v1/instances/order%2F1"
            #expect(try document(try await browser.get(place))["status"] == .string("running"))
            #expect(
                try await browser.send(
                    .post,
                    "\(place)/signals",
                    body: "{\"name\":\"go\",\"payload\":[1],\"id\":\"s\"}"
                ).status == .accepted
            )
            #expect(try await browser.send(.post, "\(place)/cancel", body: "{\"reason\":\"late\"}").status == .accepted)
            #expect(try await browser.get("\(place)/result").status == .accepted)
            try await stage.decide(
                "order/1",
                [],
                completion: .completed(Payload(bytes: Array("{\"ok\":true}".utf8), encoding: .json))
            )
            let result = try document(try await browser.get("\(place)/result?waitMilliseconds=1000"))
            #expect(result["status"] == .string("completed"))
            #expect(result["result", "json", "ok"] == .bool(true))
            let history = try document(try await browser.get("\(place)/history"))
            #expect(history["events", "1", "text"] == .string("signal go received"))
            #expect(history["events", "1", "payload", "json"] == .array([.integer(1)]))
            #expect(try document(try await browser.get("\(place)/report"))["input", "json", "total"] == .integer(7))
            #expect(try document(try await browser.get("\(place)/activities")).data == .array([]))
            let list = try document(try await browser.get("/api/v1/instances?status=completed&workflow=Pay"))
            #expect(list["instances", "0", "memo", "a"] == .string("b"))
            #expect(try await browser.send(.post, "\(place)/terminate").status == .conflict)
            #expect(try await browser.send(.delete, place).status == .ok)
            #expect(try await browser.get(place).status == .notFound)
        }
    }

    @Test("waiting for a result is woken by the end")
    func awaiting() async throws {
        let stage = try await Stage()
        try await stage.start("slow")
        try await withDashboard(stage) { browser async throws in
            async let answer = browser.get("/api/v1/instances/slow/result?waitMilliseconds=60000")
            while stage.store.census().waiters == 0 { await Task.yield() }
            try await stage.store.terminate("slow", execution: nil, reason: "enough")
            let result = try document(try await answer)
            #expect(result["status"] == .string("terminated"))
            #expect(result["failure", "message"] == .string("enough"))
        }
    }

    @Test("counts, queues, workers, failures, retries and bulk")
    func others() async throws {
        let stage = try await Stage()
        try await stage.retrying("order-1")
        try await stage.finished("order-2", .failed(Failure(type: "F", message: "f")))
        try await withDashboard(stage) { browser async throws in
            #expect(try document(try await browser.get("/api/v1/counts"))["total"] == .integer(2))
            #expect(try document(try await browser.get("/api/v1/queues"))["0", "queue"] == .string("orders"))
            #expect(try document(try await browser.get("/api/v1/workers"))["0", "host"] == .string("here:1"))
            #expect(
                try document(try await browser.get("/api/v1/failures"))["instances", "0", "id"] == .string("order-2")
            )
            let work = try document(try await browser.get("/api/v1/workers/\(stage.worker.worker)/work"))
            #expect(work["0", "instance"] == .string("order-1"))
            let retry = "/api/v1/instances/order-1/activities/1/retry"
            #expect(try document(try await browser.send(.post, retry))["isDone"] == .bool(true))
            #expect(try document(try await browser.send(.post, retry))["isDone"] == .bool(false))
            #expect(
                try document(try await browser.send(.post, "/api/v1/instances/order-1/release"))["isDone"]
                    == .bool(false)
            )
            let bulk = try await browser.send(
                .post,
                "/api/v1/bulk",
                body: "{\"action\":\"terminate\",\"prefix\":\"order\"}"
            )
            #expect(try document(bulk)["count"] == .integer(1))
        }
    }

    @Test(
        "bad questions are answered with what is wrong",
        arguments: [
            ("POST", "/instances", "{\"id\":\"x\"}", 400, "there is no \"workflow\""),
            ("POST", "/instances", "[", 400, "not valid JSON"),
            ("POST", "/instances", "{\"workflow\":\"\"}", 400, "workflow name is empty"),
            ("POST", "/instances", "{\"workflow\":\"W\",\"ifOpen\":\"maybe\"}", 400, "ifOpen"),
            ("POST", "/instances", "{\"workflow\":\"W\",\"startAt\":\"soon\"}", 400, "not a moment"),
            ("POST", "/instances/x/signals", "{}", 400, "there is no \"name\""),
            ("GET", "/instances/nobody", nil, 404, "no instance"),
            ("GET", "/instances/nobody/result", nil, 404, "no instance"),
            ("GET", "/instances?limit=0", nil, 400, "limit"),
            ("GET", "/instances/x/history?after=-1", nil, 400, "after"), ("GET", "/nowhere", nil, 404, "nothing"),
            ("DELETE", "/queues", nil, 405, "GET"),
            ("POST", "/bulk", "{\"action\":\"dance\"}", 400, "cancel, terminate"),
        ] as [(String, String, String?, Int, String)]
    )
    func bad(_ method: String, _ path: String, _ body: String?, _ status: Int, _ message: String) async throws {
        try await withDashboard(try await Stage()) { browser async throws in
            let verb = try #require(HTTPRequest.Method(rawValue: method))
            let answer = try await browser.send(verb, "/api/v1\(path)", body: body)
            #expect(answer.status.code == status, "\(answer.text)")
            #expect(answer.text.contains(message.replacing("\"", with: "\\\"")), "\(answer.text)")
            #expect(try document(answer).error != nil)
        }
    }

    @Test("bodies have to be JSON by their type, and not too large")
    func bodies() async throws {
        try await withDashboard(try await Stage()) { configuration in
            configuration.maximumBodyBytes = 1_000
        } _: { browser async throws in
            let plain = try await browser.send(
                .post,
                "/api/v1/instances",
                body: "{\"workflow\":\"W\"}",
                type: "text/plain"
            )
            #expect(plain.status == .unsupportedMediaType)
            let large = "{\"workflow\":\"W\",\"input\":\"\(String(repeating: "x", count: 2_000))\"}"
            #expect(try await browser.send(.post, "/api/v1/instances", body: large).status == .contentTooLarge)
        }
    }

    @Test("its description tells of every address, and of no other")
    func description() async throws {
        let stage = try await Stage()
        let routes = try Dashboard(client: stage.client).apiRoutes()
        try await withDashboard(stage) { browser async throws in
            let answer = try await browser.get("/api/v1/openapi.json")
            let whole = try #require(try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any])
            let paths = try #require(whole["paths"] as? [String: [String: [String: Any]]])
            var described: [String] = []
            for (path, operations) in paths {
                for (method, operation) in operations {
                    described.append("\(method.uppercased()) \(path) \(operation["x-aloft-role"] as? String ?? "?")")
                    let inPath = ((operation["parameters"] as? [[String: Any]]) ?? []).filter {
                        $0["in"] as? String == "path"
                    }
                    let names = path.matches(of: /\{([a-z]+)\}/).map { String($0.1) }
                    #expect(Set(inPath.compactMap { $0["name"] as? String }) == Set(names), "\(path)")
                }
            }
            #expect(described.sorted() == routes.sorted())
            let schemas = try #require((whole["components"] as? [String: Any])?["schemas"] as? [String: Any])
            for match in answer.text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/) {
                #expect(schemas[String(match.1)] != nil, "\(match.1)")
            }
        }
    }
}
