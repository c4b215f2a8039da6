import AloftCore
import AloftRedis
import RedisClient
import Testing

/// A failover to a replica without the last writes: the server goes back in time, and workers do not.
@Suite(.serialized) struct RecoveryTests {
    @Test("An eager activity whose outcome is lost is queued again, uncharged; one that runs stays where it is")
    func eagerActivities() async throws {
        try await GoingBack.run { scene in
            let worker = try await HandWorker.register(on: scene.store)
            try await scene.keepingAlive(worker) {
                let ended = try await worker.begin("ended", outputs: [.activity(1)], eager: true)
                let held = try await worker.begin("held", outputs: [.activity(1)], eager: true)
                _ = try await worker.tasksIfReachable(limit: 1)
                try await scene.part()
                let isTaken = try await finish(eagerTask(ended), by: worker)
                #expect(isTaken)
                try scene.failOver()
                let again = try await scene.activity(of: worker)
                #expect(again.instance == "ended" && again.lease == ActivityLease())
                let isTakenAgain = try await finish(again, by: worker)
                #expect(isTakenAgain)
                let isHeld = try await finish(eagerTask(held), by: worker)
                #expect(isHeld)
                let waiting = try await scene.replica.send(RedisCommand("XLEN", "{aloft:0}:q:a:default")).int
                #expect(waiting == 0)
            }
        }
    }

    /// To the server both look alike: the same command, the first attempt, the same worker.
    @Test("The outcome of an activity that was taken back does not count for another that stands in its place")
    func replacedActivity() async throws {
        try await GoingBack.run { scene in
            let worker = try await HandWorker.register(on: scene.store)
            try await scene.keepingAlive(worker) {
                _ = try await scene.store.start(.sample("order"))
                let task = try await worker.task()
                try await scene.part()
                _ = try await worker.commit(eager(worker.transition(of: task, outputs: [.activity(1, "before")])))
                try scene.failOver()
                let again = try await scene.task(of: worker)
                let loaded = try #require(try await scene.store.load(again))
                let other = worker.transition(of: again, inputs: loaded.inbox, outputs: [.activity(1, "after")])
                _ = try await worker.commit(eager(other))
                var outdated = eagerTask(task)
                outdated.scheduled.name = "before"
                let isTaken = try await finish(outdated, by: worker)
                #expect(!isTaken)
                var present = eagerTask(again)
                present.scheduled.name = "after"
                let isPresentTaken = try await finish(present, by: worker)
                #expect(isPresentTaken)
            }
        }
    }

    @Test("A task whose commit is lost is handed out again; what was built on that commit is refused")
    func commits() async throws {
        try await GoingBack.run { scene in
            let worker = try await HandWorker.register(on: scene.store)
            try await scene.keepingAlive(worker) {
                _ = try await scene.store.start(.sample("order"))
                let task = try await worker.task()
                try await scene.part()
                let inputs = try await worker.commit(worker.transition(of: task, outputs: [.activity(1)]))
                #expect(inputs.isEmpty)
                try scene.failOver()
                let again = try await scene.task(of: worker)
                #expect(again.instance == "order" && again.execution == task.execution)
                // An execution that is resident with what was lost.
                var next = worker.transition(
                    of: task,
                    after: 2,
                    inputs: [],
                    outputs: [.activity(2)],
                    usesReceipt: false
                )
                next.events[0].timestamp = scene.store.now
                await #expect(throws: HandWorker.Refused.self) { _ = try await worker.commit(next) }
                let loaded = try #require(try await scene.store.load(again))
                #expect(loaded.history.isEmpty && loaded.inbox.count == 1)
                let rest = try await worker.commit(worker.transition(of: again, inputs: loaded.inbox, outputs: [.done]))
                #expect(rest.isEmpty)
            }
        }
    }

    @Test("It is said which instances went back, how far, and which are gone")
    func report() async throws {
        try await GoingBack.run { scene in
            let worker = try await HandWorker.register(on: scene.store)
            try await scene.keepingAlive(worker) {
                _ = try await scene.store.start(.sample("back"))
                let task = try await worker.task()
                _ = try await worker.begin("unharmed")
                try await scene.part()
                _ = try await worker.commit(worker.transition(of: task, outputs: [.activity(1)]))
                _ = try await scene.store.start(.sample("gone"))
                try scene.failOver()
                try await eventually("it is said") { !scene.log.metadata(with: "have gone back").isEmpty }
                let said = scene.log.metadata(with: "have gone back").joined()
                #expect(said.contains("back (0 of 2 events), gone (gone)"), "\(said)")
                #expect(!said.contains("unharmed"))
            }
        }
    }

    @Test("A signal with an id that is sent again arrives once, whether the server has kept it or not")
    func signals() async throws {
        try await GoingBack.run { scene in
            let worker = try await HandWorker.register(on: scene.store)
            try await scene.keepingAlive(worker) {
                _ = try await worker.begin("order")
                try await deliver("kept", scene)
                try await scene.part()
                try await deliver("lost", scene)
                try scene.failOver()
                for id in ["kept", "lost", "kept", "lost"] { try await deliver(id, scene) }
                let waiting = try await scene.replica.send(RedisCommand("LLEN", "{aloft:0}:in:order")).int
                #expect(waiting == 2)
            }
        }
    }

    @Test("A timer whose firing is lost fires again, and not before it is due")
    func timers() async throws {
        try await GoingBack.run { scene in
            let worker = try await HandWorker.register(on: scene.store)
            try await scene.keepingAlive(worker) {
                let due = scene.store.now + .milliseconds(300)
                _ = try await worker.begin("order", outputs: [.timer(1, due: due)])
                try await scene.part()
                try await eventually("it fires") { try await scene.store.tick(by: worker.id).fired == 1 }
                try scene.failOver()
                try await eventually("it fires again") { try await scene.store.tick(by: worker.id).fired == 1 }
                let task = try await scene.task(of: worker)
                #expect(task.inputs.map(\.body) == [.timerFired(CommandID(1))])
                #expect(task.inputs[0].timestamp >= due)
            }
        }
    }

    @Test("A worker that the server does not know yet has lost its lease")
    func registrations() async throws {
        try await GoingBack.run { scene in
            try await scene.part()
            let worker = try await HandWorker.register(on: scene.store)
            let keeping = Task { await scene.store.keepAlive(worker.registration) }
            try scene.failOver()
            await keeping.value
            let isKnown = try await scene.store.beat(worker.registration, isFirst: false)
            #expect(!isKnown)
        }
    }

    private func eager(_ transition: Transition) -> Transition {
        var transition = transition
        transition.isResident = true
        for index in transition.activities.indices { transition.activities[index].isEager = true }
        return transition
    }

    private func finish(_ task: ActivityTask, by worker: HandWorker) async throws -> Bool {
        try await worker.store.finish(task, by: worker.id, outcome: .completed(payload("result")))
    }

    private func deliver(_ id: String, _ scene: GoingBack) async throws {
        try await scene.store.deliver(.signal(id), to: "order", execution: nil, id: id)
    }
}
