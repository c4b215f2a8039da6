import AloftCore
import AloftInsight
import AloftTesting
import Testing

@Suite("Insight") struct InsightTests {
    @Test("a report tells what an instance waits for")
    func waits() async throws {
        let stage = try await Stage()
        try await stage.retrying("order-1")
        stage.clock.advance(by: .seconds(60))
        let report = try await Insight(stage.store).report(of: "order-1")
        #expect(report.instance.status == "running")
        #expect(report.input?.json == .object(["total": .integer(7)]))
        #expect(report.result == nil && report.failure == nil)
        #expect(report.pendingActivities.map(\.state) == [.retrying])
        let wait = try #require(report.instance.waits.first)
        #expect(report.instance.waits.count == 1)
        #expect(wait.kind == .activity && wait.name == "Charge" && wait.command == 1)
        #expect(wait.detail == "attempt 2, next in 59 min, last error: CardDeclined: no funds")
        #expect(report.timeline.rows.map(\.attempt) == [2])
        #expect(try InsightJSON.decode(InstanceReport.self, from: try InsightJSON.encode(report)) == report)
    }

    @Test("a report tells of timers, sub-workflows and delayed starts that are open")
    func otherWaits() async throws {
        let stage = try await Stage()
        try await stage.start("parent")
        let timer = EventBody.TimerScheduled(
            command: CommandID(1),
            name: "patience",
            due: stage.store.now + .seconds(90)
        )
        let child = EventBody.SubWorkflowScheduled(
            command: CommandID(2),
            workflow: "Ship",
            instance: "child",
            execution: "x",
            queue: "elsewhere",
            input: .none
        )
        try await stage.decide("parent", [.timerScheduled(timer), .subWorkflowScheduled(child)])
        let insight = Insight(stage.store)
        let report = try await insight.report(of: "parent")
        #expect(report.instance.waits.map(\.kind) == [.timer, .subWorkflow])
        #expect(report.instance.waits.map(\.detail) == ["fires in 1 min 30 s", nil])
        #expect(report.children.map(\.id) == ["child"])
        #expect(try await insight.report(of: "child").instance.parent?.id == "parent")
        let late = InstanceStart(instance: "late", workflow: "Pay", input: .none, moment: .after(.seconds(30)))
        #expect(try await stage.store.start(late) == .started)
        #expect(try await insight.report(of: "late").instance.waits.map(\.detail) == ["begins in 30 s"])
    }

    @Test("a report tells how an instance ended")
    func ends() async throws {
        let stage = try await Stage()
        let insight = Insight(stage.store)
        try await stage.finished("good", .completed(Payload(bytes: Array("[1]".utf8), encoding: .json)))
        #expect(try await insight.report(of: "good").result?.json == .array([.integer(1)]))
        try await stage.finished(
            "bad",
            .failed(Failure(type: "F", message: "m", causes: [.init(type: "C", message: "c")]))
        )
        let report = try await insight.report(of: "bad")
        #expect(report.failure?.causes.map(\.type) == ["C"])
        #expect(report.instance.waits.isEmpty)
        #expect(try await insight.recentFailures().map(\.id) == ["bad"])
        #expect(try await insight.counts()[.completed] == 1)
        await #expect(throws: StoreError.self) { try await insight.report(of: "nobody") }
    }

    @Test("histories come in pages, with the names of commands")
    func history() async throws {
        let stage = try await Stage()
        try await stage.start("long")
        let outputs = (1...25).map { TimelineTests.activity($0, "Step\($0)") }
        try await stage.decide("long", outputs)
        let insight = Insight(stage.store)
        let first = try await insight.history(of: "long", limit: 10)
        #expect(first.events.map(\.number) == Array(1...10))
        #expect(first.next == 10)
        let last = try await insight.history(of: "long", after: 20, limit: 10)
        #expect(last.events.map(\.number) == Array(21...26))
        #expect(last.next == nil)
    }

    @Test("of a history with much data in it the end is looked at")
    func heavy() async throws {
        let stage = try await Stage()
        try await stage.start("heavy")
        let large = Payload(bytes: [UInt8](repeating: 0x61, count: 900_000), encoding: "bytes")
        try await stage.decide("heavy", (1...1_200).map { .sideEffectRecorded(CommandID($0), $0 < 60 ? large : .none) })
        let report = try await Insight(stage.store).report(of: "heavy")
        #expect(report.input?.json == .object(["total": .integer(7)]))
        #expect(report.timeline.rows.map(\.event) == Array(1_152...1_201))
        #expect(report.timeline.skippedEvents == 1_151)
    }

    @Test("lists of what few instances are go on where they stopped")
    func lists() async throws {
        let stage = try await Stage()
        for number in 1...30 { try await stage.start(InstanceID("i-\(number)")) }
        let insight = Insight(stage.store)
        var seen: [String] = []
        var cursor: InstanceCursor?
        repeat {
            let page = try await insight.instances(after: cursor, limit: 7)
            seen += page.instances.map(\.id)
            cursor = page.next.flatMap(PageCursor.cursor)
        } while cursor != nil
        #expect(seen.count == 30)
        #expect(Set(seen).count == 30)
    }

    @Test("cursors are texts, whatever the id", arguments: ["a", "a.b.", "1.2", "\u{301}x", "<\"&>", "🕊"])
    func cursors(_ id: String) {
        let cursor = InstanceCursor(createdAt: Timestamp(milliseconds: 17), instance: InstanceID(id))
        #expect(PageCursor.cursor(PageCursor.text(cursor)) == cursor)
        #expect(PageCursor.cursor("x.\(id)") == nil)
        #expect(PageCursor.cursor("17.") == nil)
        #expect(PageCursor.cursor("") == nil)
    }

    @Test("queues and workers tell how long things have waited, and how long ago a worker beat")
    func fleet() async throws {
        let stage = try await Stage()
        try await stage.start("a")
        stage.clock.advance(by: .seconds(3))
        let insight = Insight(stage.store)
        let queue = try #require(try await insight.queues().first)
        #expect(queue.queue == "orders" && queue.workflowTasks == 1 && queue.workers == 1)
        #expect(queue.age == .seconds(3))
        let worker = try #require(try await insight.workers().first)
        #expect(worker.heartbeatMilliseconds == 3_000)
        #expect(worker.workflows == ["Pay"] && worker.host == "here:1")
    }

    @Test("a document says its version and kind")
    func document() throws {
        let bytes = try InsightJSON.document("counts", CountsView([.failed: 2]))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("{\"data\":{\"statuses\":["))
        #expect(text.hasSuffix(",\"kind\":\"counts\",\"version\":1}"))
    }
}
