import AloftCore
import AloftRedis
import RedisClient
import Testing

/// Each kind of damage is made by hand: the audit tells of it and of nothing else and changes nothing; with repair, the
/// instance ends as it would have.
@Suite struct DamageTests {
    @Test(arguments: tasks) func tasksAreQueuedAgain(_ damage: Damage) async throws { try await damage.run() }
    @Test(arguments: due) func whatIsDueComes(_ damage: Damage) async throws { try await damage.run() }
    @Test(arguments: holders) func whatUnknownWorkersHoldGoesBack(_ damage: Damage) async throws {
        try await damage.run()
    }
    @Test(arguments: flights) func whatIsInFlightIsInTheHistory(_ damage: Damage) async throws {
        try await damage.run()
    }
    @Test(arguments: families) func parentsAreTold(_ damage: Damage) async throws { try await damage.run() }
    @Test(arguments: lists) func listsAndExpiriesArePutRight(_ damage: Damage) async throws { try await damage.run() }
    @Test(arguments: leftovers) func leftoversAreRemoved(_ damage: Damage) async throws { try await damage.run() }
}

private let tasks = [
    Damage("the stream of workflow tasks is lost", [.lostTask], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("DEL", $0.key("q:w:default"))
    },
    Damage("a task is lost and its token too", [.lostTask], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("XTRIM", $0.key("q:w:default"), "MAXLEN", 0)
        try await $0.run("HDEL", $0.key("i:order-1"), "t")
    },
    Damage("the stream of activities is lost", [.lostActivity], result: "activity 1") {
        _ = try await $0.worker.begin("order-1", outputs: [.activity(1)], isResident: false)
    } damage: {
        try await $0.run("DEL", $0.key("q:a:default"))
    },
    Damage("the streams are lost while workers hold their entries", [.lostActivity], result: "activity 1") {
        _ = try await $0.worker.begin("order-1", outputs: [.activity(1)], isResident: false)
        _ = try await $0.worker.activity()
    } damage: {
        try await $0.run("DEL", $0.key("q:a:default"), $0.key("q:w:default"))
    },
    Damage("more than one call looks at is lost", [.lostActivity], result: "activity") { scene in
        _ = try await scene.worker.begin("order-1", outputs: (1...600).map { .activity($0) }, isResident: false)
    } damage: { scene in
        try await scene.run("XTRIM", scene.key("q:a:default"), "MAXLEN", 0)
    },
    Damage("a worker's own stream is lost", [.lostTask], result: "signal") {
        _ = try await $0.worker.begin("order-1")
        try await $0.store.deliver(.signal("go"), to: "order-1", execution: nil, id: nil)
    } damage: {
        try await $0.run("DEL", $0.key("w:first"))
    },
    Damage("a group is lost", [.lostGroup], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("XGROUP", "DESTROY", $0.key("q:w:default"), "g")
    },
]

private let due = [
    Damage("a timer", [.missingDue], result: "timer 2") {
        let due = $0.store.now + .milliseconds(200)
        _ = try await $0.worker.begin("order-1", outputs: [.timer(2, due: due)], isResident: false)
    } damage: {
        try await $0.forgetDue("t", command: "2")
    },
    Damage("the next try of an activity", [.missingDue], result: "activity 1") {
        _ = try await $0.worker.begin("order-1", outputs: [.activity(1)], isResident: false)
        let failure = Failure(kind: .thrown, type: "Rain", message: "wet")
        let retry = ActivityOutcome.retry(after: .milliseconds(200), failure)
        _ = try await $0.store.finish(try await $0.worker.activity(), by: $0.worker.id, outcome: retry)
    } damage: {
        try await $0.forgetDue("r", command: "1")
    },
    Damage("a delayed start", [.missingDue], result: "started") {
        var start = InstanceStart.sample("order-1")
        start.moment = .after(.milliseconds(200))
        _ = try await $0.store.start(start)
    } damage: {
        try await $0.forgetDue("w")
    },
    Damage("a postponed task", [.missingDue], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
        let task = try await $0.worker.task()
        try await $0.store.postpone(task, by: $0.worker.id, delay: .seconds(3600), problem: "rain")
    } damage: {
        try await $0.forgetDue("w")
    },
    Damage("an execution timeout", [.missingDue], result: "timed out") {
        var start = InstanceStart.sample("order-1")
        start.queue = Scene.elsewhere
        start.executionTimeout = .milliseconds(200)
        _ = try await $0.store.start(start)
    } damage: {
        try await $0.forgetDue("e")
    },
]

private let holders = [
    Damage("the workers are forgotten", [.unknownHolder, .orphan], result: "signal, activity 1") {
        _ = try await $0.worker.begin("order-1", outputs: [.activity(1)], eager: true)
        try await $0.store.deliver(.signal("go"), to: "order-1", execution: nil, id: nil)
    } damage: {
        try await $0.run("DEL", $0.key("workers"))
    },
    Damage("a worker is forgotten, and nothing of it is left", [.unknownHolder], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
        _ = try await $0.worker.task()
    } damage: {
        try await $0.run("ZREM", $0.key("workers"), "first")
        try await $0.run("DEL", $0.key("reg:first"), $0.key("w:first"), $0.key("f:first"), $0.key("res:first"))
    },
    Damage("an eager activity of a worker of which nothing is left", [.unknownHolder], result: "activity 1") {
        _ = try await $0.worker.begin("order-1", outputs: [.activity(1)], eager: true)
    } damage: {
        try await $0.run("ZREM", $0.key("workers"), "first")
        try await $0.run("DEL", $0.key("reg:first"), $0.key("w:first"), $0.key("f:first"), $0.key("res:first"))
    },
]

private let flights = [
    Damage(
        "all that is in flight is forgotten",
        [.lostActivity, .missingDue, .orphan],
        result: "activity 1, activity 2"
    ) { scene in
        let due = scene.store.now + .seconds(3600)
        let waits = [Wait(.signal, "go"), Wait(.activity, "work", command: CommandID(1), count: 2)]
        try await scene.begin([.activity(1), .activity(2), .timer(3, due: due)], waits)
    } damage: {
        try await $0.run("DEL", $0.key("a:order-1"))
    },
    Damage("one activity is forgotten", [.lostActivity, .orphan], result: "activity 1") { scene in
        let due = scene.store.now + .seconds(3600)
        try await scene.begin(
            [.activity(1), .timer(3, due: due)],
            [Wait(.activity, "work", command: CommandID(1)), Wait(.timer, "late", command: CommandID(3), due: due)]
        )
    } damage: {
        try await $0.run("HDEL", $0.key("a:order-1"), 1)
    },
    Damage("a timer is forgotten, and that it is due", [.missingDue], result: "timer 2") { scene in
        let due = scene.store.now + .milliseconds(200)
        try await scene.begin([.timer(2, due: due)], [Wait(.timer, "soon", command: CommandID(2), due: due)])
    } damage: {
        try await $0.run("DEL", $0.key("a:order-1"))
        try await $0.forgetDue("t", command: "2")
    },
    Damage("what is forgotten had no room in the summary", [.lostActivity, .orphan], result: "activity 1") { scene in
        let waits = [
            Wait(.signal, String(repeating: "s", count: 50)), Wait(.activity, "work", command: CommandID(1)),
        ]
        #expect(WaitSummary(waits).further == 1)
        try await scene.begin([.activity(1)], waits)
    } damage: {
        try await $0.run("DEL", $0.key("a:order-1"))
    },
    Damage("a sub-workflow is forgotten that has ended", [.lostOutcome], result: "sub-workflow 1 terminated") {
        try await $0.addChild(waits: [Wait(.subWorkflow, "Child", command: CommandID(1))])
    } damage: {
        try await $0.run("DEL", $0.key("a:order-1"))
        try await $0.store.terminate("child", execution: nil, reason: "enough")
    },
]

private let families = [
    Damage("a sub-workflow has ended and its parent was not told", [.lostOutcome], result: "sub-workflow 1 terminated")
    {
        try await $0.addChild()
    } damage: {
        try await $0.run("HDEL", $0.key("i:child"), "a")
        try await $0.store.terminate("child", execution: nil, reason: "enough")
    },
    Damage("a sub-workflow is gone", [.lostOutcome], result: "sub-workflow 1 not found") {
        try await $0.addChild()
    } damage: {
        try await $0.run("HDEL", $0.key("i:child"), "a")
        try await $0.store.terminate("child", execution: nil, reason: "enough")
        try await $0.store.remove("child")
    },
    Damage("a parent does not wait for its sub-workflow", [.lostOutcome], result: "sub-workflow 1 timeout") {
        try await $0.addChild(timeout: .seconds(3))
    } damage: {
        try await $0.run("HDEL", $0.key("a:order-1"), "c1")
    },
]

private let lists = [
    Damage("an instance is not listed", [.notListed], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("ZREM", $0.key("instances"), "order-1")
    },
    Damage("a quarantined instance is not listed as such", [.notListed], result: "timed out") {
        var start = InstanceStart.sample("order-1")
        start.queue = "unserved"
        start.executionTimeout = .seconds(2)
        _ = try await $0.store.start(start)
        try await $0.run("XTRIM", $0.key("q:w:unserved"), "MAXLEN", 0)
        try await $0.run("HSET", $0.key("i:order-1"), "t", "", "p", "3:1:quarantined: a test")
        try await $0.run("SADD", $0.key("quarantined"), "order-1")
    } damage: {
        try await $0.run("SREM", $0.key("quarantined"), "order-1")
    },
    Damage("a queue is not listed", [.notListed], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("SREM", $0.key("queues"), "w:default")
    },
    Damage("residents of a worker that dies are not listed", [.notListed], result: "activity 1") {
        _ = try await $0.worker.begin("order-1", outputs: [.activity(1)], eager: true)
    } damage: {
        try await $0.run("DEL", $0.key("res:first"))
        try await $0.bench.silence("first")
    },
    Damage("a finished instance is not listed as such", [.notListed], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
        try await $0.finish()
    } damage: {
        try await $0.run("DEL", $0.key("expiring:c"))
    },
    Damage("a finished instance stays for ever", [.wrongExpiry], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
        try await $0.finish()
    } damage: {
        try await $0.run("PERSIST", $0.key("i:order-1"))
        try await $0.run("PERSIST", $0.key("h:order-1"))
    },
    Damage("an open instance would expire", [.wrongExpiry], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("EXPIRE", $0.key("i:order-1"), 1000)
    },
]

private let leftovers = [
    Damage("what is due of nobody", [.orphan], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("ZADD", $0.key("due"), 99_999_999_999_999, "t\0ghost\0run\00000000001")
        try await $0.run("ZADD", $0.key("due"), 99_999_999_999_999, "t\0order-1\0run\00000000001")
        try await $0.run("ZADD", $0.key("due"), 99_999_999_999_999, "rubbish")
    },
    Damage("entries of nobody", [.orphan], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("XADD", $0.key("q:w:default"), "*", "i", "ghost", "x", "run")
        try await $0.run("XADD", $0.key("q:w:default"), "*", "i", "order-1", "x", "run")
        try await $0.run("XADD", $0.key("q:a:default"), "*", "i", "order-1", "x", "run", "c", 1, "b", "x")
        try await $0.run("XADD", $0.key("w:first"), "*", "i", "order-1", "x", "run")
    },
    Damage("keys of nobody", [.orphan], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("RPUSH", $0.key("h:ghost"), "x")
        try await $0.run("RPUSH", $0.key("in:ghost"), "x")
        try await $0.run("HSET", $0.key("a:ghost"), "t1", "x")
        try await $0.run("SADD", $0.key("d:ghost"), "x")
    },
    Damage("instances that are listed and do not exist", [.orphan], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("ZADD", $0.key("instances"), 1, "ghost")
        try await $0.run("ZADD", $0.key("expiring:f"), 99_999_999_999_999, "other")
        try await $0.run("ZADD", $0.key("expiring:o"), 99_999_999_999_999, "order-1")
    },
    Damage("inputs of a finished instance", [.orphan], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
        try await $0.finish()
    } damage: {
        try await $0.run("RPUSH", $0.key("in:order-1"), "x")
        try await $0.run("HSET", $0.key("a:order-1"), "t1", "x")
    },
    Damage("what an unknown worker left", [.orphan], result: "started") {
        _ = try await $0.store.start(.sample("order-1"))
    } damage: {
        try await $0.run("HSET", $0.key("reg:ghost"), "w", "default")
        try await $0.run("SADD", $0.key("res:ghost"), "order-1", "nobody")
        try await $0.run("XGROUP", "CREATE", $0.key("f:ghost"), "g", 0, "MKSTREAM")
    },
]
