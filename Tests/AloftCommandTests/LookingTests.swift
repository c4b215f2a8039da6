import AloftClient
import AloftInsight
import AloftRedis
import Foundation
import Testing

/// What commands tell of instances, queues and workers.
@Suite struct LookingTests {
    @Test("list tells what instances wait for, with place, attempt and last error")
    func list() async throws {
        try await withStand { stand in
            try await stand.finished("order-1")
            try await stand.retrying("order-2")
            let outcome = try await stand.aloft("list")
            #expect(outcome.status == 0 && outcome.complaints.isEmpty, "\(outcome)")
            #expect(outcome.lines.count == 4)
            #expect(outcome.lines[0].hasPrefix("ID "))
            let waiting = outcome.lines[1]
            #expect(waiting.hasPrefix("order-2  Pay"), "\(waiting)")
            #expect(waiting.contains("Orders.swift:42 waits for Charge, attempt 2, next in "))
            #expect(waiting.hasSuffix("last error: CardDeclined: no funds"))
            #expect(outcome.lines[2].contains("completed"))
            #expect(outcome.lines[3] == "2 instances.")
            #expect(!outcome.output.contains("\u{1b}"))
            #expect(try await stand.aloft("list", "--ids", "--status", "completed").lines == ["order-1"])
        }
    }

    @Test("list filters, stops where it is told, and goes on there")
    func pages() async throws {
        try await withStand { stand in
            for number in 1...5 { try await stand.start("a-\(number)", queue: number < 3 ? "slow" : "orders") }
            try await stand.start("b-1", workflow: "Ship")
            #expect(try await stand.aloft("list", "--ids", "--workflow", "Ship").lines == ["b-1"])
            #expect(try await stand.aloft("list", "--ids", "--queue", "slow").lines == ["a-2", "a-1"])
            #expect(try await stand.aloft("list", "--ids", "--id-prefix", "a-").lines.count == 5)
            #expect(try await stand.aloft("list", "--ids", "--after", "1h").lines.count == 6)
            #expect(try await stand.aloft("list", "--before", "1h").lines == ["No instance matches."])
            #expect(try await stand.aloft("list", "--ids", "--quarantined").lines.isEmpty)
            #expect(try await stand.aloft("list", "--ids", "--no-quarantined", "--status", "running").lines.count == 6)

            let first = try await stand.aloft("list", "--limit", "4", "--json").data(
                InstanceListView.self,
                kind: "instances"
            )
            #expect(first.instances.count == 4)
            let next = try #require(first.next)
            let rest = try await stand.aloft("list", "--cursor", next, "--json").data(
                InstanceListView.self,
                kind: "instances"
            )
            #expect(first.instances.map(\.id) + rest.instances.map(\.id) == ["b-1", "a-5", "a-4", "a-3", "a-2", "a-1"])
            #expect(rest.next == nil)
            let people = try await stand.aloft("list", "--limit", "4")
            #expect(people.lines.last == "4 of 6, newest first; go on with --cursor '\(next)'")
        }
    }

    @Test("a line is no longer than the terminal is wide")
    func width() async throws {
        try await withStand { stand in
            try await stand.retrying(InstanceID("order-" + String(repeating: "長い", count: 20)))
            let outcome = try await stand.aloft("list", environment: ["COLUMNS": "100"])
            #expect(outcome.lines.allSatisfy { $0.count <= 100 })
            #expect(outcome.lines[1].contains("…"))
            let whole = try await stand.aloft("list")
            #expect(whole.lines[1].contains(String(repeating: "長い", count: 20)))
        }
    }

    @Test("show tells everything of an instance, for people and as the report of the API")
    func show() async throws {
        try await withStand { stand in
            try await stand.retrying("order-2")
            let text = try await stand.aloft("show", "order-2").output
            for part in [
                "order-2  running", "workflow       Pay", "memo customer  ada", "Waits for",
                "Orders.swift:42 waits for Charge, attempt 2", "{\"total\": 7}", "Timeline", "activity Charge",
            ] {
                #expect(text.contains(part), "\(part) in \(text)")
            }
            let report = try await stand.aloft("show", "order-2", "--json").data(InstanceReport.self, kind: "report")
            #expect(report.instance.waits.first?.location == "Shop/Orders.swift:42")
            #expect(report.pendingActivities.map(\.attempt) == [2])
            try await stand.finished(
                "order-3",
                .failed(Failure(type: "Declined", message: "no", causes: [.init(type: "Gateway", message: "timeout")]))
            )
            let failed = try await stand.aloft("show", "order-3").output
            #expect(failed.contains("order-3  failed") && failed.contains("Declined: no"))
            #expect(failed.contains("caused by Gateway: timeout"))
        }
    }

    @Test("history tells event by event")
    func history() async throws {
        try await withStand { stand in
            try await stand.retrying("order-2")
            let lines = try await stand.aloft("history", "order-2").lines
            #expect(lines.count == 3 && lines[0].hasSuffix(" UTC"), "\(lines)")
            #expect(lines[1].contains(" → workflow Pay started  {\"total\":7}"))
            #expect(lines[2].contains(" ← activity Charge scheduled"))
            #expect(lines[1].hasPrefix("     1  ") && lines[2].hasPrefix("     2  "))
            #expect(try await stand.aloft("history", "order-2", "--after", "1").lines.count == 2)
            #expect(try await stand.aloft("history", "order-2", "--limit", "1").lines.count == 2)
            let full = try await stand.aloft("history", "order-2", "--full").output
            #expect(full.contains("input {\"total\": 7}"))
            let page = try await stand.aloft("history", "order-2", "--json").data(HistoryPageView.self, kind: "history")
            #expect(page.events.map(\.kind) == ["started", "activityScheduled"] && page.next == nil)
        }
    }

    @Test("result prints the result alone, and says by its end how it went")
    func result() async throws {
        try await withStand { stand in
            try await stand.finished("good", .completed(Payload(bytes: Array("{\"paid\":true}".utf8), encoding: .json)))
            let good = try await stand.aloft("result", "good")
            #expect(good.status == 0 && good.output == "{\"paid\":true}\n", "\(good)")
            let view = try await stand.aloft("result", "good", "--json").data(ResultView.self, kind: "result")
            #expect(view.status == "completed" && view.result?.json == .object(["paid": .bool(true)]))

            try await stand.finished("bad", .failed(Failure(type: "Declined", message: "no funds")))
            let bad = try await stand.aloft("result", "bad")
            #expect(bad.status == 1 && bad.output.isEmpty)
            #expect(bad.complaints == "aloft: instance bad failed: Declined: no funds\n")
            let badJSON = try await stand.aloft("result", "bad", "--json")
            #expect(badJSON.status == 1)
            #expect(try badJSON.data(ResultView.self, kind: "result").failure?.type == "Declined")

            try await stand.start("open")
            let open = try await stand.aloft("result", "open", "--timeout", "0s")
            #expect(open.status == 75 && open.complaints.contains("has not ended yet"))
            async let waiting = stand.aloft("result", "open")
            try await stand.decide("open", completion: .completed(Payload(bytes: [0x37], encoding: .json)))
            #expect(try await waiting.output == "7\n")
        }
    }

    @Test("export loses nothing")
    func export() async throws {
        try await withStand { stand in
            try await stand.retrying("order-2")
            let export = try await stand.aloft("export", "order-2").data(HistoryExport.self, kind: "export")
            let events = try await stand.client.handle("order-2", returning: Void.self).history()
            #expect(try export.events() == events)
            #expect(export.history.map(\.text) == ["workflow Pay started", "activity Charge scheduled"])

            let file = FileManager.default.temporaryDirectory.appending(path: "aloft-\(ExecutionID.random()).json")
            defer { try? FileManager.default.removeItem(at: file) }
            let outcome = try await stand.aloft("export", "order-2", "--output", file.path)
            #expect(outcome.output == "2 events in \(file.path).\n")
            let again = try await stand.aloft("export", "order-2").output
            // In how long its next attempt comes is told as it was each time.
            func still(_ text: String) -> String { text.replacing(/next in [^,"]+/, with: "next") }
            #expect(still(try String(contentsOf: file, encoding: .utf8)) == still(again))
            #expect(try await stand.aloft("export", "order-2", "-o", "/nowhere/x").status == 73)
        }
    }

    @Test("queues and workers tell of the fleet")
    func fleet() async throws {
        try await withStand { stand in
            try await stand.start("a")
            try await stand.start("b", queue: "gpu")
            let queues = try await stand.aloft("queues").lines
            #expect(queues.count == 3 && queues[0].hasPrefix("QUEUE"))
            #expect(queues[1].hasPrefix("gpu") && queues[1].hasSuffix("nobody serves it"))
            let views = try await stand.aloft("queues", "--json").data([QueueView].self, kind: "queues")
            #expect(views.map(\.queue) == ["gpu", "orders"] && views[1].workers == 1)

            let workers = try await stand.aloft("workers").lines
            #expect(workers.count == 2 && workers[1].hasPrefix(stand.worker.worker.rawValue))
            #expect(workers[1].contains("here:1") && workers[1].hasSuffix("Pay Charge"))
            let worker = try await stand.aloft("workers", "--json").data([WorkerView].self, kind: "workers")
            #expect(worker.map(\.worker) == [stand.worker.worker.rawValue])
            _ = try await stand.store.nextWorkflowTasks(for: stand.worker, limit: 1)
            let work = try await stand.aloft("workers", stand.worker.worker.rawValue)
            #expect(work.lines == ["a"], "\(work)")
            let views2 = try await stand.aloft("workers", stand.worker.worker.rawValue, "--json").data(
                [WorkView].self,
                kind: "work"
            )
            #expect(views2.map(\.instance) == ["a"])
        }
    }

    @Test("what is not there is told, with the code for it")
    func missing() async throws {
        try await withStand { stand in
            for command in [
                "show", "history", "result", "export", "watch", "cancel", "terminate", "remove", "release", "retry",
            ] {
                let outcome = try await stand.aloft(command, "nobody")
                #expect(outcome.status == 2, "\(command): \(outcome)")
                #expect(outcome.complaints.contains("nobody") && outcome.output.isEmpty, "\(command): \(outcome)")
            }
            #expect(try await stand.aloft("list").lines == ["There are no instances."])
            #expect(try await stand.aloft("show", "").status == 65)
        }
    }

    @Test("names that would steer a terminal are shown and not obeyed")
    func hostile() async throws {
        try await withStand { stand in
            let name: InstanceID = "invoice-\u{202E}fdp.exe\u{200B}"
            try await stand.start(name, workflow: "W\u{2066}x")
            try await stand.finished("bad", .failed(Failure(type: "T\u{1b}[31m", message: "a\nb\u{9b}2J\r\u{7}")))
            try await stand.start(
                "text",
                input: Payload(bytes: Array("\"\\u001b]0;x\\u0007\u{202E}\"".utf8), encoding: .json)
            )
            for arguments in [
                ["list"], ["show", name.rawValue], ["show", "bad"], ["history", "bad", "--full"], ["show", "text"],
            ] {
                let outcome = try await runAloft(arguments, environment: ["ALOFT_REDIS_URL": stand.url])
                #expect(outcome.status == 0)
                let treacherous = outcome.output.unicodeScalars.filter {
                    $0.value < 0x20 && $0 != "\n" || (0x7f..<0xa0).contains($0.value)
                        || [0x202e, 0x200b, 0x2066].contains($0.value)
                }
                #expect(treacherous.isEmpty, "\(arguments)")
            }
            #expect(try await stand.aloft("list").output.contains("invoice-\\u{202E}fdp.exe\\u{200B}"))
            let failed = try await stand.aloft("result", "bad")
            #expect(failed.complaints == "aloft: instance bad failed: T\\u{1B}[31m: a\\nb\\u{9B}2J\\r\\u{7}\n")
        }
    }
}
