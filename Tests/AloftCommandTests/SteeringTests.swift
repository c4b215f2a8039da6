import AloftClient
import AloftInsight
import AloftRedis
import Foundation
import RedisClient
import Testing

/// What commands do to instances.
@Suite struct SteeringTests {
    @Test("start takes all that a start can have")
    func start() async throws {
        try await withStand { stand in
            let outcome = try await stand.aloft(
                "start",
                "Pay",
                "--id",
                "order-1",
                "--queue",
                "orders",
                "--input",
                "{\"total\": 7}",
                "--memo",
                "customer=ada",
                "--memo",
                "note=a=b",
                "--timeout",
                "1h",
                "--retention",
                "30m",
                "--signal",
                "go",
                "--payload",
                "[1]"
            )
            #expect(outcome.status == 0 && outcome.output == "order-1\n", "\(outcome)")
            let state = try #require(try await stand.store.state(of: "order-1"))
            #expect(
                state.workflow == "Pay" && state.queue == "orders" && state.memo == ["customer": "ada", "note": "a=b"]
            )
            #expect(state.deadline == state.createdAt + .seconds(3600))
            let task = try #require(try await stand.store.nextWorkflowTasks(for: stand.worker, limit: 1).first)
            let inputs = try #require(try await stand.store.load(task)).inbox.map(\.body)
            guard case .started(let started) = inputs[0] else { throw Stand.Conflict() }
            #expect(String(decoding: started.input.bytes, as: UTF8.self) == "{\"total\":7}")
            #expect(inputs[1] == .signalReceived(name: "go", Payload(bytes: Array("[1]".utf8), encoding: .json)))
        }
    }

    @Test("start tells what it started, waits if it is asked to, and reads its input from elsewhere")
    func startForms() async throws {
        try await withStand { stand in
            let started = try await stand.aloft("start", "Pay", "--json", "--delay", "1h").data(
                StartedView.self,
                kind: "started"
            )
            #expect(started.isNew && started.instance.beginsAt != nil && !started.instance.id.isEmpty)
            let at = try await stand.aloft("start", "Pay", "--id", "later", "--at", "2031-01-01T00:00Z")
            #expect(at.status == 0)
            #expect(try await stand.store.state(of: "later")?.startsAt == Moment("2031-01-01T00:00Z")?.timestamp)

            let piped = try await stand.aloft("start", "Pay", "--id", "piped", "--input-file", "-", input: "[1, 2]")
            #expect(piped.status == 0, "\(piped)")
            async let waiting = stand.aloft("start", "Pay", "--id", "waited", "--queue", "orders", "--wait")
            try await stand.decide("waited", completion: .completed(Payload(bytes: [0x38], encoding: .json)))
            #expect(try await waiting.output == "8\n")
        }
    }

    @Test("start on an id that is in use does what it is told, and otherwise says what there is")
    func conflicts() async throws {
        try await withStand { stand in
            try await stand.start("order-1")
            let refused = try await stand.aloft("start", "Pay", "--id", "order-1")
            #expect(refused.status == 3 && refused.complaints.contains("order-1 exists"))
            let joined = try await stand.aloft("start", "Pay", "--id", "order-1", "--if-open", "join")
            #expect(joined.output == "order-1  was there already\n")
            let other = try await stand.aloft("start", "Ship", "--id", "order-1", "--if-open", "join")
            #expect(other.status == 3 && other.complaints.contains("runs Pay, not Ship"))
            #expect(try await stand.aloft("start", "Pay", "--id", "order-1", "--if-open", "replace").status == 0)
            try await stand.finished("done")
            #expect(try await stand.aloft("start", "Pay", "--id", "done").status == 3)
            #expect(
                try await stand.aloft("start", "Pay", "--id", "done", "--if-finished", "replace-failed").status == 3
            )
            #expect(try await stand.aloft("start", "Pay", "--id", "done", "--if-finished", "replace").status == 0)
        }
    }

    @Test("signal, cancel, terminate and remove act on those that are named")
    func named() async throws {
        try await withStand { stand in
            for id in ["a", "b", "c"] { try await stand.start(InstanceID(id)) }
            let signal = try await stand.aloft("signal", "go", "a", "--payload", "{\"by\":\"ada\"}", "--signal-id", "1")
            #expect(signal.output == "a signalled.\n", "\(signal)")
            #expect(
                try await stand.aloft("signal", "go", "a", "--signal-id", "1", "--json").data(
                    DoneView.self,
                    kind: "done"
                ).isDone
            )
            let cancel = try await stand.aloft("cancel", "a", "b", "--reason", "late")
            #expect(cancel.output == "2 instances asked to cancel.\n", "\(cancel)")
            try await stand.decide("a")
            let bodies = try await stand.client.handle("a", returning: Void.self).history().map(\.body)
            #expect(
                bodies.dropFirst() == [
                    .signalReceived(name: "go", Payload(bytes: Array("{\"by\":\"ada\"}".utf8), encoding: .json)),
                    .cancelRequested(reason: "late"),
                ]
            )
            #expect(try await stand.aloft("remove", "c").status == 3)
            #expect(try await stand.aloft("terminate", "c", "--reason", "x").output == "c terminated.\n")
            #expect(try await stand.store.state(of: "c")?.status == .terminated)
            #expect(try await stand.aloft("terminate", "c").status == 3)
            #expect(try await stand.aloft("remove", "c").output == "c removed.\n")
            #expect(try await stand.store.state(of: "c") == nil)

            // With several, those that can be are; the others are told.
            let some = try await stand.aloft("terminate", "a", "c")
            #expect(some.status == 1 && some.output == "1 instance terminated.\n")
            #expect(some.complaints.hasPrefix("aloft: c: there is no instance"), "\(some)")
        }
    }

    @Test("conditions select; a dry run changes nothing; nobody is asked who is not there")
    func byCondition() async throws {
        try await withStand { stand in
            for number in 1...40 {
                try await stand.start(InstanceID("a-\(number)"), workflow: number <= 30 ? "Pay" : "Ship")
            }
            try await stand.finished("done")
            let before = try await stand.store.instanceCounts()
            let size = try await stand.redis.send(RedisCommand("DBSIZE"))
            let dry = try await stand.aloft("cancel", "--workflow", "Pay", "--dry-run")
            #expect(dry.status == 0 && dry.lines.count == 31, "\(dry)")
            #expect(dry.lines.last == "30 instances would be asked to cancel; nothing was done.")
            let report = try await stand.aloft("terminate", "--all", "--dry-run", "--json").data(
                Bulk.self,
                kind: "bulk"
            )
            #expect(report.isDryRun && report.count == 40 && report.ids?.count == 40)
            let refused = try await stand.aloft("terminate", "--workflow", "Pay")
            #expect(refused.status == 64 && refused.complaints.contains("30 instances would be terminated; add --yes"))
            #expect(try await stand.store.instanceCounts() == before)
            #expect(try await stand.redis.send(RedisCommand("DBSIZE")) == size)
            let oldest = try await stand.client.handle("a-1", returning: Void.self).state()
            #expect(oldest.status == .running)

            let done = try await stand.aloft("terminate", "--workflow", "Pay", "--id-prefix", "a-1", "--yes")
            #expect(done.status == 0 && done.output == "11 instances terminated.\n", "\(done)")
            #expect(try await stand.store.instanceCounts()[.terminated] == 11)
            let removed = try await stand.aloft(
                "remove",
                "--status",
                "terminated",
                "--status",
                "running",
                "--yes",
                "--json"
            )
            #expect(try removed.data(Bulk.self, kind: "bulk").count == 11)
            #expect(try await stand.store.instanceCounts()[.terminated] ?? 0 == 0)
            #expect(try await stand.store.state(of: "done") != nil)
            let signalled = try await stand.aloft("signal", "go", "--workflow", "Ship", "--yes")
            #expect(signalled.output == "10 instances signalled.\n")
            #expect(
                try await stand.aloft("cancel", "--status", "completed", "--yes").output
                    == "0 instances asked to cancel.\n"
            )
        }
    }

    @Test("a dry run on ids looks them up, and tells what does not suit")
    func namedDryRun() async throws {
        try await withStand { stand in
            try await stand.start("open")
            try await stand.finished("done")
            let none = try await stand.aloft("terminate", "nosuch", "--dry-run")
            #expect(none.status == 1 && none.lines == ["0 instances would be terminated; nothing was done."])
            #expect(none.complaints == "aloft: nosuch: there is no such instance\n")
            let some = try await stand.aloft("cancel", "open", "done", "--dry-run")
            #expect(some.lines == ["open", "1 instance would be asked to cancel; nothing was done."])
            #expect(some.complaints == "aloft: done: it has ended: completed\n" && some.status == 1)
            #expect(try await stand.aloft("remove", "done", "--dry-run").status == 0)
            #expect(try await stand.aloft("remove", "open", "--dry-run").complaints.contains("it is open"))
            #expect(try await stand.aloft("release", "open", "--dry-run").complaints.contains("not in quarantine"))
            let report = try await stand.aloft("cancel", "open", "done", "--dry-run", "--json")
                .data(Bulk.self, kind: "bulk")
            #expect(report.ids == ["open"] && report.count == 1 && report.problems?.map(\.id) == ["done"])
            #expect(try await stand.store.state(of: "open")?.status == .running)
        }
    }

    private struct Bulk: Decodable {
        struct Problem: Decodable { var id: String }

        var isDryRun: Bool
        var count: Int
        var ids: [String]?
        var problems: [Problem]?
    }

    @Test("whoever names nobody, or both ids and conditions, is asked to say what is meant")
    func usage() async throws {
        for arguments in [
            ["cancel"], ["cancel", "a", "--workflow", "W"], ["terminate", "--all", "--status", "running"], ["start"],
            ["signal"],
            ["list", "--limit", "0"], ["list", "--status", "lost"], ["list", "--after", "yesterday"],
            ["list", "--cursor", "x"],
            ["start", "W", "--delay", "1h", "--at", "2031-01-01"], ["start", "W", "--payload", "1"],
            ["start", "W", "--memo", "x"],
            ["result", "a", "--timeout", "soon"], ["watch", "a", "--status", "running"], ["nonsense"],
        ] {
            let outcome = try await runAloft(arguments, environment: ["ALOFT_REDIS_URL": "redis://127.0.0.1:1"])
            #expect(outcome.status == 64, "\(arguments): \(outcome)")
            #expect(
                outcome.complaints.contains("Usage:") || outcome.complaints.contains("Error:"),
                "\(arguments): \(outcome)"
            )
        }
    }

    @Test("release lets those in quarantine go on")
    func release() async throws {
        try await withStand(lease: .milliseconds(200)) { stand in
            try await stand.start("poison", queue: "poison")
            while try await stand.store.state(of: "poison")?.isQuarantined == false {
                let victim = WorkerRegistration(workflowQueues: ["poison"], activityQueues: [], host: "victim")
                _ = try await stand.store.beat(victim, isFirst: true)
                for task in try await stand.store.nextWorkflowTasks(for: victim, limit: 1) {
                    let suspect = Suspect(instance: task.instance, execution: task.execution)
                    try await stand.store.setTrial(of: suspect, by: victim.worker, isOn: true)
                }
                try await stand.store.declareDead([victim.worker], lastWords: "Fatal error: x\n0 main")
                _ = try await stand.store.tick(by: stand.worker.worker)
            }
            let shown = try await stand.aloft("show", "poison").output
            #expect(shown.contains("quarantined") && shown.contains("0 main"), "\(shown)")
            try await stand.start("well")
            #expect(try await stand.aloft("release", "well").output == "well: there was nothing to do.\n")
            #expect(try await stand.aloft("release", "--all", "--dry-run").lines.first == "poison")
            #expect(try await stand.aloft("release", "--all", "--yes").output == "1 instance released.\n")
            #expect(try await stand.store.state(of: "poison")?.isQuarantined == false)
        }
    }

    @Test("retry lets an activity have its next attempt at once")
    func retry() async throws {
        try await withStand { stand in
            try await stand.retrying("order-2")
            #expect(
                try await stand.aloft("retry", "order-2", "7").output == "No activity waits for its next attempt.\n"
            )
            #expect(try await stand.aloft("retry", "order-2").output == "1 activity tried again now.\n")
            #expect(try await stand.store.pendingActivities(of: "order-2").map(\.position) == [.queued])
        }
    }

    @Test("what was done is noted, with who did it, also what was refused; a look is not")
    func noted() async throws {
        try await withStand { stand in
            try await stand.start("a")
            _ = try await stand.aloft("list")
            _ = try await stand.aloft("signal", "go", "a")
            _ = try await stand.aloft("cancel", "--all", "--dry-run")
            _ = try await stand.aloft("terminate", "--workflow", "Pay", "--after", "1h", "--reason", "old", "--yes")
            _ = try await stand.aloft("terminate", "a")
            _ = try await stand.aloft("cancel", "a", "b")
            let actions = try await stand.aloft("actions", "--json").data([ActionView].self, kind: "actions")
            #expect(actions.map(\.action) == ["cancel many", "terminate", "terminate many", "signal go"])
            #expect(actions.map(\.isFailure) == [true, true, false, false])
            #expect(actions.map(\.instance) == [nil, "a", nil, "a"])
            #expect(actions.map(\.subject) == ["a, b", nil, "--workflow Pay --after 1h", nil])
            #expect(actions.map(\.reason) == [nil, nil, "old", nil])
            #expect(actions[0].outcome.hasPrefix("done: 0, but not a: ") && actions[0].outcome.hasSuffix("2 in all"))
            #expect(actions[2].outcome == "done: 1" && actions.allSatisfy { !$0.who.isEmpty && !$0.from.isEmpty })
            let lines = try await stand.aloft("actions", "--limit", "3").lines
            #expect(lines.count == 4 && lines[0].hasPrefix("TIME") && lines[3].hasSuffix("done: 1"))
            #expect(lines[3].contains("terminate many (old)"))
        }
    }

    @Test("data that does not do is told before anything is done")
    func badData() async throws {
        try await withStand { stand in
            try await stand.start("a")
            for arguments in [["start", "W", "--input", "{broken"], ["signal", "go", "a", "--payload", "hello"]] {
                let outcome = try await runAloft(arguments, environment: ["ALOFT_REDIS_URL": stand.url])
                #expect(outcome.status == 65 && outcome.complaints.contains("is not JSON"), "\(outcome)")
            }
            #expect(try await stand.aloft("start", "W", "--input-file", "/nowhere").status == 66)
            #expect(try await stand.aloft("signal", "", "a").status == 65)
            let both = try await stand.aloft("start", "W", "--input", "1", "--input-file", "x")
            #expect(both.status == 64)
            #expect(try await stand.store.instanceCounts()[.running] == 1)
        }
    }
}
