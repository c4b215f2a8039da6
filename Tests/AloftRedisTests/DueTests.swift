import AloftCore
import AloftRedis
import RedisClient
import Synchronization
import Testing

private final class News: Sendable {
    private let moments = Mutex<[Timestamp]>([])

    var all: [Timestamp] { moments.withLock { $0 } }

    func add(_ moment: Timestamp) { moments.withLock { $0.append(moment) } }
}

@Suite struct DueTests {
    @Test func aTimerFiresOnceItIsDue() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let due = bench.store.now + .milliseconds(30)
            _ = try await worker.begin("order-1", outputs: [.timer(1, due: due)])
            let early = try await bench.store.tick(by: worker.id)
            if early.fired == 0 { #expect(early.nextDue == due) }
            try await eventually("the timer fires") {
                try await bench.store.tick(by: worker.id).fired == 1 || early.fired == 1
            }
            let task = try await worker.task()
            #expect(task.inputs.map(\.body) == [.timerFired(CommandID(1))])
            #expect(task.inputs[0].timestamp >= due)
            let idle = try await bench.store.tick(by: worker.id)
            #expect(idle.fired == 0 && idle.nextDue == nil && !idle.isMoreDue)
        }
    }

    @Test func allDueTimersOfAnInstanceFireInOneGoAndInOrder() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let now = bench.store.now
            let timers = (1...15).map {
                EventBody.timer($0, due: Timestamp(milliseconds: now.milliseconds - Int64($0)))
            }
            _ = try await worker.begin("order-1", outputs: timers)
            #expect(try await bench.store.tick(by: worker.id).fired == 15)
            let task = try await worker.task()
            let loaded = try #require(try await bench.store.load(task))
            #expect(loaded.inbox.map(\.body) == (1...15).reversed().map { .timerFired(CommandID($0)) })
        }
    }

    /// What workers would find too late by looking once a second, they are told of; by whichever way it comes.
    @Test(arguments: [1, 4]) func whatIsDueSoonIsAnnounced(partitions: Int) async throws {
        try await withBench(.with { $0.partitions = partitions }) { bench in
            let news = News()
            let watch = Task { [store = bench.store] in await store.watchDue { news.add($0) } }
            func isTold(of moment: Timestamp) async throws {
                try await eventually("it is told") {
                    news.all.contains { $0 >= moment && $0 < moment + .seconds(1) }
                }
            }
            for partition in 0..<partitions {
                try await eventually("somebody listens") {
                    try await bench.integer("PUBLISH", RedisArgument("{aloft:\(partition)}:soon"), 1) == 1
                }
            }
            let worker = try await HandWorker.register(on: bench.store)
            for id in ["order-1", "order-2", "order-3"] {
                var start = InstanceStart.sample(InstanceID("late-\(id)"))
                start.moment = .after(.seconds(60))
                _ = try await bench.store.start(start)
                start = .sample(InstanceID(id))
                start.moment = .after(.milliseconds(300))
                let before = bench.store.now
                _ = try await bench.store.start(start)
                try await isTold(of: before + .milliseconds(300))
                try await eventually("it begins") { try await bench.store.tick(by: worker.id).fired > 0 }
                start = .sample(InstanceID("limited-\(id)"))
                start.executionTimeout = .milliseconds(400)
                let limited = bench.store.now
                _ = try await bench.store.start(start)
                try await isTold(of: limited + .milliseconds(400))
                try await bench.store.terminate(start.instance, execution: nil, reason: "enough")
            }
            let end = bench.store.now + .seconds(2)
            #expect(news.all.allSatisfy { $0 < end }, "not of what is far")
            watch.cancel()
            await watch.value
        }
    }

    @Test func aTickTellsHowLateItWas() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let now = bench.store.now.milliseconds
            for (number, late) in [200, 700, 400].enumerated() {
                let timer = EventBody.timer(1, due: Timestamp(milliseconds: now - Int64(late)))
                _ = try await worker.begin("order-\(number)", outputs: [timer])
            }
            let report = try await bench.store.tick(by: worker.id)
            #expect(report.fired == 3)
            let lateness = try #require(report.lateness)
            #expect(lateness >= .milliseconds(700) && lateness < .seconds(30))
            #expect(try await bench.store.tick(by: worker.id).lateness == nil)
        }
    }

    @Test func cancelledTimersLeaveNothing() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let due = bench.store.now + .seconds(3600)
            let task = try await worker.begin(
                "order-1",
                outputs: [.timer(1, due: due), .timer(2, due: bench.store.now)]
            )
            #expect(try await bench.store.tick(by: worker.id).fired == 1)
            let cancel = worker.transition(
                of: task,
                after: 3,
                inputs: [],
                outputs: [.timerCancelled(CommandID(1)), .timerCancelled(CommandID(2))],
                usesReceipt: false
            )
            _ = try await worker.commit(cancel)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:due", "{aloft:0}:a:order-1") == 0)
            #expect(try await worker.task().inputs.map(\.body) == [.timerFired(CommandID(2))])
        }
    }

    /// One call of the script takes 1,000.
    @Test func oneTickCarriesOutAllThatIsDue() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            for number in 0..<3 {
                let timers = (1...400).map { EventBody.timer($0, due: bench.store.now) }
                _ = try await worker.begin("order-\(number)", outputs: timers)
            }
            let report = try await bench.store.tick(by: worker.id)
            #expect(report.fired == 1_200 && !report.isMoreDue && report.nextDue == nil)
        }
    }

    @Test func workForTheGoneIsDropped() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await worker.begin("order-1", outputs: [.timer(1, due: bench.store.now)])
            try await bench.run("DEL", "{aloft:0}:i:order-1", "{aloft:0}:a:order-1", "{aloft:0}:h:order-1")
            let report = try await bench.store.tick(by: worker.id)
            #expect(report.fired == 0)
            #expect(try await bench.integer("EXISTS", "{aloft:0}:due", "{aloft:0}:in:order-1") == 0)
        }
    }

    @Test func aPostponedTaskComesBackWithItsProblem() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()
            try await bench.store.postpone(task, by: worker.id, delay: .milliseconds(10), problem: "no worker knows it")
            #expect(try await bench.store.state(of: "order-1")?.problem == "no worker knows it")
            #expect(try await bench.pending(task.receipt.place) == 0)
            try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: nil)
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:w:default") == 0)
            try await eventually("the task is due") { try await bench.store.tick(by: other.id).fired == 1 }
            let again = try await other.task()
            #expect(again.inputs.isEmpty)
            #expect(try await bench.store.load(task) == nil)
            let loaded = try #require(try await bench.store.load(again))
            #expect(loaded.state.problem == "no worker knows it" && loaded.inbox.count == 2)
            _ = try await other.commit(other.transition(of: again, inputs: loaded.inbox))
            #expect(try await bench.store.state(of: "order-1")?.problem == nil)
        }
    }

    @Test(arguments: [Duration.zero, .milliseconds(1), .milliseconds(1500)])
    func nothingIsLeftAfterRetention(retention: Duration) async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            // The queue streams and the worker stay; so does the index of open instances once another is open.
            _ = try await worker.begin("other")
            let before = try await bench.keyCount
            for number in 0..<5 {
                let id: InstanceID = "order-\(number)"
                _ = try await bench.store.start(.sample(id, retention: retention))
                let task = try await worker.task()
                let end = worker.transition(
                    of: task,
                    outputs: [.activity(1), .timer(2, due: bench.store.now + .seconds(60)), .done]
                )
                _ = try await worker.commit(end)
            }
            try await eventually("everything has expired") {
                _ = try await bench.store.tick(by: worker.id)
                return try await bench.keyCount == before
            }
            #expect(try await bench.integer("ZCARD", "{aloft:0}:instances") == 1)
            #expect(try await bench.store.state(of: "order-1") == nil)
            #expect(try await bench.store.start(.sample("order-1")) == .started)
            _ = try await bench.store.tick(by: worker.id)
            #expect(try await bench.integer("ZCARD", "{aloft:0}:instances") == 2)
        }
    }

    @Test func anIdThatIsUsedAgainStaysListed() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1", retention: .zero))
            _ = try await worker.commit(worker.transition(of: try await worker.task(), outputs: [.done]))
            #expect(try await bench.store.start(.sample("order-1")) == .started)
            try await eventually("the old end is forgotten") {
                _ = try await bench.store.tick(by: worker.id)
                return try await bench.integer("EXISTS", "{aloft:0}:expiring:c") == 0
            }
            #expect(try await bench.integer("ZCARD", "{aloft:0}:instances") == 1)
        }
    }
}
