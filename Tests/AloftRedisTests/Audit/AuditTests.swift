import AloftCore
import AloftRedis
import RedisClient
import Testing

@Suite struct AuditTests {
    /// What cannot be repaired is told, stays as it is, and keeps nothing else from being looked at.
    @Test func whatCannotBeRepairedIsTold() async throws {
        try await withBench { bench in
            let scene = Scene(bench: bench, worker: try await HandWorker.register(on: bench.store, id: "first"))
            try await scene.addNeighbour()
            for name in ["short", "empty", "foreign", "broken"] {
                _ = try await bench.store.start(.sample(.init(name)))
            }
            try await bench.run("HSET", bench.key("i:short"), "n", 7)
            try await bench.run("DEL", bench.key("in:empty"))
            try await bench.run("DEL", bench.key("in:foreign"))
            try await bench.run("SET", bench.key("in:foreign"), "not a list")
            try await bench.run("DEL", bench.key("i:broken"))
            try await bench.run("SET", bench.key("i:broken"), "not a hash")
            try await bench.run("DEL", bench.key("reg:first"))
            try await bench.run("DEL", bench.key("q:w:elsewhere"))
            for repair in [true, false] {
                let report = try await bench.store.audit(repair: repair)
                let told = Set(
                    report.findings.filter { !$0.isRepaired }.map { [$0.kind.rawValue, $0.instance?.rawValue] }
                )
                #expect(told.contains([AuditFinding.Kind.brokenHistory.rawValue, "short"]))
                #expect(told.contains([AuditFinding.Kind.lostInputs.rawValue, "empty"]))
                #expect(told.contains([AuditFinding.Kind.unreadable.rawValue, "foreign"]))
                #expect(told.contains([AuditFinding.Kind.unreadable.rawValue, "broken"]))
                #expect(told.contains([AuditFinding.Kind.lostRegistration.rawValue, nil]))
                let repaired = report.findings.filter(\.isRepaired)
                #expect(repaired.map(\.instance) == (repair ? [Scene.neighbour] : []))
            }
        }
    }

    /// Gaps and repetitions in the middle of a history are told when nobody repairs.
    @Test func whatIsMissingInAHistoryIsTold() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            for id: InstanceID in ["whole", "gap", "twice", "end", "cut"] {
                _ = try await worker.begin(id, isResident: false)
                for length in 1...4 {
                    try await bench.store.deliver(.signal("go"), to: id, execution: nil, id: nil)
                    var next = worker.transition(of: try await worker.task(), after: length)
                    next.isResident = false
                    _ = try await worker.commit(next)
                }
            }
            #expect(try await bench.store.audit().findings == [])
            let second = try await bench.run("LINDEX", bench.key("h:gap"), 1).bytes
            try await bench.run("LREM", bench.key("h:gap"), 1, RedisArgument(second))
            let third = try await bench.run("LINDEX", bench.key("h:twice"), 2).bytes
            try await bench.run("LINSERT", bench.key("h:twice"), "BEFORE", RedisArgument(third), RedisArgument(third))
            let last = try await bench.run("LINDEX", bench.key("h:end"), -1).bytes
            try await bench.run("RPUSH", bench.key("h:end"), RedisArgument(last))
            try await bench.run("LSET", bench.key("h:cut"), 3, "x")
            let found = try await bench.store.audit().findings
            #expect(found.allSatisfy { $0.kind == .brokenHistory && !$0.isRepaired })
            #expect(
                Set(found.map(\.description)) == [
                    "broken history: instance gap: event 3 of its history is where 2 should be",
                    "broken history: instance twice: event 3 of its history is where 4 should be",
                    "broken history: instance end: event 5 of its history comes twice",
                    "broken history: instance cut: event -1 of its history is where 4 should be",
                ]
            )
            #expect(try await bench.store.audit(repair: true).findings == [])
        }
    }

    /// A live worker goes on with a task whose entry is gone: nobody else is given it.
    @Test func whatALiveWorkerHoldsIsLeftAlone() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store, id: "first")
            let held = try await worker.begin("order-1", outputs: [.activity(1)], isResident: false)
            let activity = try await worker.activity()
            _ = try await bench.store.start(.sample("order-2"))
            let task = try await worker.task()
            try await bench.run("XDEL", bench.key("q:a:default"), RedisArgument(activity.receipt?.entry ?? ""))
            try await bench.run("XDEL", bench.key("q:w:default"), RedisArgument(task.receipt.entry))
            let report = try await bench.store.audit(repair: true)
            #expect(report.findings.map(\.kind) == [.orphan, .orphan] && report.repaired == 0)
            #expect(try await bench.store.finish(activity, by: worker.id, outcome: .completed(payload("worked"))))
            _ = try await worker.commit(worker.transition(of: task, outputs: [.done]))
            #expect(held.instance == "order-1")
            #expect(try await bench.store.complaints() == [])
        }
    }

    /// Work that a dead worker had is for those who take it over: that it is dead is no finding.
    @Test func whatADeadWorkerHoldsIsNoFinding() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store, id: "first")
            _ = try await worker.begin("order-1", outputs: [.activity(1)], eager: true)
            try await bench.silence(worker.id)
            #expect(try await bench.store.complaints() == [])
        }
    }

    /// One of all is to audit in each interval; a loss that a worker notices lets the next begin at once.
    @Test func oneOfAllAudits() async throws {
        try await withBench { bench in
            #expect(try await bench.store.claimAudit(by: "one", every: .milliseconds(300)))
            #expect(try await !bench.store.claimAudit(by: "two", every: .milliseconds(300)))
            #expect(try await !bench.store.claimAudit(by: "one", every: .milliseconds(300)))
            try await eventually("the interval passes") {
                try await bench.store.claimAudit(by: "two", every: .seconds(600))
            }
            let worker = try await HandWorker.register(on: bench.store)
            try await bench.run("XGROUP", "DESTROY", bench.key("q:w:default"), "g")
            _ = try await bench.store.start(.sample("order-1"))
            _ = try await worker.task()
            #expect(
                try await !bench.store.renewAudit(by: "two", every: .seconds(600)),
                "what was lost may be behind it"
            )
            #expect(try await bench.store.claimAudit(by: "one", every: .seconds(600)))
        }
    }

    @Test func aForeignCursorIsRefused() async throws {
        try await withBench { bench in
            for place in ["", "0", "0 9 0", "-1 0 0", "7 0 0", "a b c"] {
                await _ = expectStoreError(.misconfigured) {
                    _ = try await bench.store.audit(after: AuditCursor(place: place), limit: 10, repair: false)
                }
            }
        }
    }

    /// A prefix that SCAN would take for a pattern finds its own keys and no others'.
    @Test func onlyItsOwnKeysAreLookedAt() async throws {
        let setup = BenchSetup.with { $0.prefix = "shop[a-z]*" }
        try await withBench(setup) { bench in
            for number in 0..<100 { _ = try await bench.store.start(.sample("order-\(number)")) }
            for number in 0..<5_000 { try await bench.run("SET", "{shopb:0}:i:\(number)", "x") }
            let report = try await bench.store.audit()
            #expect(report.findings == [] && report.instances == 100)
        }
    }

    /// Each step is bounded, and its cost goes with the number of instances.
    @Test func aStepTakesFewCommands() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let due = bench.store.now + .seconds(3600)
            for number in 0..<200 {
                let outputs: [EventBody] = [.activity(1), .timer(2, due: due)]
                _ = try await worker.begin("order-\(number)", outputs: outputs, isResident: false)
            }
            _ = try await bench.store.audit()
            let before = try await bench.commandsInScripts()
            var steps = 0
            var most = 0
            var last = before
            var cursor: AuditCursor?
            repeat {
                cursor = try await bench.store.audit(after: cursor, limit: 50, repair: false).next
                let now = try await bench.commandsInScripts()
                most = max(most, now - last)
                last = now
                steps += 1
            } while cursor != nil
            let each = Double(last - before) / 200
            print("audit: \(each) commands an instance, \(most) in the largest of \(steps) steps")
            #expect(each < 20 && most < 50 * 30)
        }
    }
}

extension Bench {
    /// How many commands scripts have called that an audit may call.
    fileprivate func commandsInScripts() async throws -> Int {
        let info = try await run("INFO", "commandstats").string
        let wanted = [
            "hget", "hmget", "hexists", "hgetall", "hlen", "hscan", "zscore", "zscan", "zrange", "llen", "lindex",
            "xrange", "xpending", "exists", "pttl", "scan", "sismember", "smembers", "time",
        ]
        return info.split(whereSeparator: \.isNewline).reduce(0) { sum, line in
            let parts = line.split(separator: ":")
            guard parts.count == 2, wanted.contains(String(parts[0].dropFirst("cmdstat_".count))),
                let calls = parts[1].split(separator: ",").first?.dropFirst("calls=".count)
            else { return sum }
            return sum + (Int(calls) ?? 0)
        }
    }
}
