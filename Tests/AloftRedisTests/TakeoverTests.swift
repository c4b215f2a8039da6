import AloftCore
import AloftRedis
import RedisClient
import Testing

@Suite struct TakeoverTests {
    @Test func aDeadWorkerKnowsIt() async throws {
        try await withBench { bench in
            let dead = try await HandWorker.register(on: bench.store)
            let heir = try await HandWorker.register(on: bench.store)
            #expect(try await bench.store.beat(dead.registration, isFirst: false))
            try await bench.silence(dead.id)
            let report = try await bench.store.tick(by: heir.id)
            #expect(report.deadWorkers == [dead.id] && !report.isMoreDue)
            #expect(try await bench.store.beat(dead.registration, isFirst: false) == false)
            _ = await expectStoreError(.leaseLost) { _ = try await dead.tasks() }
            _ = await expectStoreError(.leaseLost) { _ = try await dead.activities() }
            for kind in ["w", "f", "res", "reg", "try"] {
                #expect(try await bench.integer("EXISTS", RedisArgument("{aloft:0}:\(kind):\(dead.id)")) == 0)
            }
            #expect(try await bench.store.tick(by: heir.id).deadWorkers.isEmpty)
        }
    }

    @Test func aLivingWorkerIsLeftAlone() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            _ = try await worker.begin("order-1", outputs: [.activity(1)], eager: true)
            #expect(try await bench.store.tick(by: other.id).deadWorkers.isEmpty)
            #expect(try await bench.store.state(of: "order-1")?.owner == worker.id)
        }
    }

    @Test func everythingItHeldGoesToOthers() async throws {
        try await withBench { bench in
            let dead = try await HandWorker.register(on: bench.store)
            // Resident with an eager activity.
            let eager = try await dead.begin("eager", outputs: [.activity(1)], eager: true)
            _ = try await dead.begin("own")
            // An activity in hand.
            _ = try await dead.begin("activity", outputs: [.activity(1)])
            let held = try await dead.activity()
            // A workflow task in hand.
            _ = try await bench.store.start(.sample("task"))
            let heldTasks = try await dead.tasks()
            #expect(heldTasks.count == 1)
            // A task on its own stream, not read.
            try await bench.store.deliver(.signal("own"), to: "own", execution: nil, id: nil)

            let heir = try await HandWorker.register(on: bench.store)
            try await bench.silence(dead.id)
            let report = try await bench.store.tick(by: heir.id)
            #expect(report.deadWorkers == [dead.id] && report.takenOver == 7)
            #expect(try await bench.pending("{aloft:0}:q:w:default") == 0)
            #expect(try await bench.pending("{aloft:0}:q:a:default") == 0)
            for id: InstanceID in ["eager", "own", "activity"] {
                #expect(try await bench.store.state(of: id)?.owner == nil)
            }
            let tasks = try await heir.tasks()
            #expect(Set(tasks.map(\.instance)) == ["own", "task"])
            for task in tasks { #expect(try await bench.store.load(task)?.inbox.count == 1) }
            let activities = try await heir.activities()
            #expect(Set(activities.map(\.instance)) == ["eager", "activity"])
            #expect(activities.allSatisfy { $0.lease == ActivityLease(attempt: 1, delivery: 2) })

            // The dead worker's late results are refused, the heir's count.
            #expect(try await bench.store.finish(held, by: dead.id, outcome: .completed(.none)) == false)
            #expect(try await bench.store.finish(eagerTask(eager), by: dead.id, outcome: .completed(.none)) == false)
            for task in heldTasks { #expect(try await bench.store.commit(dead.transition(of: task)) == .conflict) }
            for activity in activities {
                #expect(try await bench.store.finish(activity, by: heir.id, outcome: .completed(.none)))
            }
        }
    }

    @Test func leavingHandsEverythingBackAndCountsNothing() async throws {
        try await withBench { bench in
            let leaving = try await HandWorker.register(on: bench.store)
            _ = try await leaving.begin("order-1", outputs: [.activity(1), .activity(2)])
            _ = try await leaving.activity()
            _ = try await bench.store.start(.sample("order-2"))
            _ = try await leaving.task()
            try await bench.store.leave(leaving.registration)
            try await bench.store.leave(leaving.registration)
            #expect(try await bench.store.beat(leaving.registration, isFirst: false) == false)
            let heir = try await HandWorker.register(on: bench.store)
            let activities = try await heir.activities()
            #expect(activities.count == 2 && activities.allSatisfy { $0.lease == ActivityLease() })
            let task = try await heir.task()
            #expect(task.instance == "order-2")
            #expect(try await bench.text("HGET", "{aloft:0}:i:order-2", "p") == nil)
            #expect(try await bench.store.state(of: "order-1")?.owner == nil)
        }
    }

    @Test func anActivityThatKillsItsWorkersFails() async throws {
        try await withBench { bench in
            let heir = try await HandWorker.register(on: bench.store, activities: [])
            _ = try await heir.begin("order-1", outputs: [.activity(1)])
            for number in 1...3 {
                let victim = try await HandWorker.register(on: bench.store, workflows: [])
                let task = try await victim.activity()
                #expect(task.lease.delivery == number)
                let suspect = Suspect(instance: "order-1", execution: task.execution, command: CommandID(1))
                try await bench.store.setTrial(of: suspect, by: victim.id, isOn: true)
                try await bench.silence(victim.id)
                #expect(try await bench.store.tick(by: heir.id).deadWorkers == [victim.id])
            }
            let task = try await heir.task()
            guard case .activityFailed(let command, let failure)? = task.inputs.first?.body else {
                Issue.record("\(task.inputs)")
                return
            }
            #expect(command == CommandID(1))
            let message = "3 workers died while running activity work"
            #expect(failure == Failure(kind: .crash, type: "CrashError", message: message))
            #expect(try await bench.integer("EXISTS", "{aloft:0}:a:order-1") == 0)
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:a:default") == 0)
        }
    }

    @Test func aWorkflowTaskThatKillsItsWorkersIsQuarantined() async throws {
        try await withBench { bench in
            let heir = try await HandWorker.register(on: bench.store, workflows: ["other"])
            _ = try await bench.store.start(.sample("order-1"))
            for _ in 1...3 {
                #expect(try await bench.store.state(of: "order-1")?.isQuarantined == false)
                let victim = try await HandWorker.register(on: bench.store)
                let suspect = Suspect(instance: "order-1", execution: try await victim.task().execution)
                try await bench.store.setTrial(of: suspect, by: victim.id, isOn: true)
                try await bench.silence(victim.id)
                _ = try await bench.store.tick(by: heir.id)
            }
            let state = try #require(try await bench.store.state(of: "order-1"))
            #expect(state.isQuarantined && state.problem?.contains("quarantined") == true && state.status == .running)
            try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: nil)
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:w:default") == 0)
        }
    }

    @Test func progressForgivesEarlierCrashes() async throws {
        try await withBench { bench in
            let heir = try await HandWorker.register(on: bench.store, workflows: ["other"])
            _ = try await bench.store.start(.sample("order-1"))
            for length in 0..<4 {
                for _ in 1...2 {
                    let victim = try await HandWorker.register(on: bench.store)
                    _ = try await victim.task()
                    try await bench.silence(victim.id)
                    _ = try await bench.store.tick(by: heir.id)
                }
                let healthy = try await HandWorker.register(on: bench.store)
                let task = try await healthy.task()
                let inbox = try #require(try await bench.store.load(task)).inbox
                var next = healthy.transition(of: task, after: length, inputs: inbox)
                next.isResident = false
                _ = try await healthy.commit(next)
                #expect(try await bench.store.state(of: "order-1")?.isQuarantined == false)
                try await bench.store.leave(healthy.registration)
                try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: nil)
            }
        }
    }

    @Test func aTaskThatWasNotReadCountsAsNoCrash() async throws {
        try await withBench { bench in
            let heir = try await HandWorker.register(on: bench.store, workflows: ["other"])
            let victim = try await HandWorker.register(on: bench.store)
            _ = try await victim.begin("order-1")
            try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: nil)
            try await bench.silence(victim.id)
            _ = try await bench.store.tick(by: heir.id)
            #expect(try await bench.integer("XLEN", "{aloft:0}:q:w:default") == 1)
            #expect(try await bench.text("HGET", "{aloft:0}:i:order-1", "p") == nil)
        }
    }

    @Test func aLargeEstateIsTakenOverInSteps() async throws {
        try await withBench { bench in
            let dead = try await HandWorker.register(on: bench.store)
            for number in 0..<150 { _ = try await bench.store.start(.sample("order-\(number)")) }
            var held = 0
            while held < 150 { held += try await dead.tasks(limit: 400).count }
            let heir = try await HandWorker.register(on: bench.store)
            try await bench.silence(dead.id)
            #expect(try await bench.store.tick(by: heir.id).takenOver == 150)
            #expect(try await bench.pending("{aloft:0}:q:w:default") == 0)
            var taken = Set<InstanceID>()
            while taken.count < 150 { taken.formUnion(try await heir.tasks(limit: 400).map(\.instance)) }
            let consumers = try await bench.run("XINFO", "CONSUMERS", "{aloft:0}:q:w:default", "g").array
            #expect(consumers.count == 1)
        }
    }

    @Test("Workers that take over from the same one at the same time do not each count its death")
    func oneDeath() async throws {
        try await withBench { bench in
            let dead = try await HandWorker.register(on: bench.store)
            for number in 0..<400 { _ = try await bench.store.start(.sample("order-\(number)")) }
            var held = 0
            while held < 400 { held += try await dead.tasks(limit: 400).count }
            var heirs: [HandWorker] = []
            for _ in 0..<4 { heirs.append(try await HandWorker.register(on: bench.store)) }
            try await bench.silence(dead.id)
            let reports = try await withThrowingTaskGroup(of: TickReport.self) { group in
                for heir in heirs { group.addTask { try await bench.store.tick(by: heir.id) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.flatMap(\.deadWorkers) == [dead.id])
            #expect(reports.reduce(0) { $0 + $1.takenOver } == 400)
        }
    }

    /// A worker that is taken over while its read waits gets nothing from that read: Redis ends it.
    @Test func aReadThatWaitsIsFenced() async throws {
        try await withBench(.with { $0.pollDuration = .seconds(30) }) { bench in
            let dead = try await HandWorker.register(on: bench.store)
            let heir = try await HandWorker.register(on: bench.store)
            let waiting = Task { try await dead.tasks() }
            try await eventually("the read waits") {
                try await bench.text("CLIENT", "LIST")?.contains("xreadgroup") == true
            }
            try await bench.silence(dead.id)
            _ = try await bench.store.tick(by: heir.id)
            _ = try await bench.store.start(.sample("order-1"))
            _ = await expectStoreError(.leaseLost) { _ = try await waiting.value }
            #expect(try await heir.tasks().count == 1)
        }
    }

    @Test func releasedExecutionsGoToTheirQueue() async throws {
        try await withBench { bench in
            let owner = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            _ = try await owner.begin("order-1", outputs: [.activity(1)], eager: true)
            _ = try await owner.begin("order-2")
            // Not read yet: becomes anybody's.
            try await bench.store.deliver(.signal("x"), to: "order-2", execution: nil, id: nil)
            try await bench.store.release(["order-1", "order-2", "nobody"], by: owner.id)
            #expect(try await bench.store.state(of: "order-1")?.owner == nil)
            #expect(try await other.task().instance == "order-2")
            try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: nil)
            #expect(try await other.task().instance == "order-1")
            // Its eager activity is still found when it dies.
            try await bench.silence(owner.id)
            _ = try await bench.store.tick(by: other.id)
            #expect(try await other.activity().instance == "order-1")
        }
    }
}
