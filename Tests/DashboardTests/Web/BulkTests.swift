import AloftCore
import AloftInsight
import AloftTesting
import HTTPTypes
import Testing

/// Acting on many at a time by the API: on what was meant and no more.
@Suite("Bulk", .timeLimit(.minutes(2))) struct BulkTests {
    private struct Answer: Decodable {
        struct Done: Decodable {
            var count: Int
            var isMore: Bool
            var next: String?
        }

        var data: Done
    }

    private func act(_ browser: Browser, _ body: String) async throws -> Answer.Done {
        let answer = try await browser.send(.post, "/api/v1/bulk", body: body)
        #expect(answer.status == .ok, "\(answer.text)")
        return try InsightJSON.decode(Answer.self, from: answer.text.utf8).data
    }

    /// Two that run, one in quarantine, one completed, one failed.
    private func stage() async throws -> Stage {
        let stage = try await Stage()
        for id in ["run-1", "run-2"] as [InstanceID] { try await stage.start(id) }
        try await stage.quarantine("poison")
        try await stage.finished("good")
        try await stage.finished("bad", .failed(Failure(type: "F", message: "f")))
        return stage
    }

    @Test(
        "conditions are narrowed to what an action suits, never replaced",
        arguments: [
            (#"{"action":"terminate","status":["completed"]}"#, 0),
            (#"{"action":"cancel","status":["failed","completed"]}"#, 0),
            (#"{"action":"terminate","status":["completed","running"],"prefix":"run"}"#, 2),
            (#"{"action":"release","quarantined":false}"#, 0), (#"{"action":"release","status":["completed"]}"#, 0),
            (#"{"action":"release","status":["running"]}"#, 1), (#"{"action":"remove","status":["running"]}"#, 0),
            (#"{"action":"remove","status":["failed","running"]}"#, 1), (#"{"action":"remove","all":true}"#, 2),
        ]
    )
    func narrowed(_ body: String, _ count: Int) async throws {
        let stage = try await stage()
        try await withDashboard(stage) { browser async throws in
            let done = try await act(browser, body)
            #expect(done.count == count && !done.isMore && done.next == nil)
            let running = try await stage.store.instanceCounts()[.running]
            #expect(running == (body.contains("prefix") ? 1 : 3), "what was not meant runs on")
        }
    }

    @Test(
        "what would be a condition less, or none, is refused",
        arguments: [
            (#"{"action":"terminate"}"#, "every instance"),
            (#"{"action":"terminate","status":[]}"#, "empty"),
            (#"{"action":"terminate","status":[""]}"#, "empty"),
            (#"{"action":"terminate","workflow":""}"#, "empty"),
            (#"{"action":"terminate","queue":"","status":["running"]}"#, "empty"),
            (#"{"action":"terminate","after":"","prefix":"a"}"#, "empty"),
            (#"{"action":"terminate","cursor":"","prefix":"a"}"#, "empty"),
            (#"{"action":"terminate","workflw":"Pay"}"#, "workflw"),
            (#"{"action":"terminate","statuses":["completed"],"prefix":"a"}"#, "statuses"),
            (#"{"action":"terminate","all":false}"#, "every instance"),
            (#"{"action":"terminate","all":true,"workflow":"Pay"}"#, "leave the conditions out"),
            (#"{"action":"terminate","workflow":null}"#, "every instance"),
            (#"{"action":"terminate","all":"yes"}"#, "expected Bool"),
            (#"{"action":"terminate","reason":"late"}"#, "every instance"),
            (#"{"action":"terminate","status":["done"]}"#, "no status"),
            (#"{"action":"terminate","cursor":"made-up","prefix":"a"}"#, "cursor"),
        ]
    )
    func refused(_ body: String, _ message: String) async throws {
        let stage = try await stage()
        try await withDashboard(stage) { browser async throws in
            let answer = try await browser.send(.post, "/api/v1/bulk", body: body)
            #expect(answer.status == .badRequest && answer.text.contains(message), "\(answer.text)")
            #expect(try await stage.store.instanceCounts()[.running] == 3)
        }
    }

    @Test("the cursor of an answer leads on, also where what was done does not change what matches")
    func onward() async throws {
        let stage = try await Stage()
        for number in 1...503 { try await stage.start(InstanceID("a-\(number)")) }
        try await withDashboard(stage) { browser async throws in
            let first = try await act(browser, #"{"action":"cancel","prefix":"a-"}"#)
            let next = try #require(first.next)
            #expect(first.count == 500 && first.isMore)
            let last = try await act(browser, "{\"action\":\"cancel\",\"prefix\":\"a-\",\"cursor\":\"\(next)\"}")
            #expect(last.count == 3 && !last.isMore && last.next == nil)
        }
    }
}
