import AloftCore
import AloftTesting
import Testing

@Suite("MemoryStore", .timeLimit(.minutes(3)))
struct MemoryStoreTests {
    let clock = VirtualClock()
    let store: MemoryStore
    let worker = WorkerRegistration(workflowQueues: ["q"], activityQueues: ["q"], host: "here")

    init() {
        store = MemoryStore(clock: clock, epoch: MemoryStore.testEpoch)
    }

    @discardableResult
    func start(_ instance: InstanceID = "i") async throws -> InstanceStart {
        let start = InstanceStart(instance: instance, workflow: "W", queue: "q", input: .none)
        #expect(try await store.start(start) == .started)
        return start
    }

    /// Waits until so many calls wait in the store.
    func waiters(_ count: Int) async {
        while store.census().waiters != count { await Task.yield() }
    }

    func complete(_ task: WorkflowTask) async throws {
        let loaded = try #require(try await store.load(task))
        let bodies = loaded.inbox.map(\.body) + [.workflowCompleted(.none)]
        let events = bodies.enumerated().map { offset, body in
            Event(number: loaded.history.count + offset + 1, timestamp: store.now, body: body)
        }
        let transition = Transition(
            id: "last",
            worker: worker.worker,
            instance: task.instance,
            execution: task.execution,
            expectedLength: loaded.history.count,
            events: events,
            queue: "q",
            receipt: task.receipt,
            consumedInputs: loaded.inbox.count,
            completion: .completed(.none)
        )
        #expect(try await store.commit(transition) == .committed(inputs: []))
    }

    @Test("its time is the clock's, in whole milliseconds, never ahead")
    func time() {
        #expect(store.now == MemoryStore.testEpoch)
        clock.advance(by: .microseconds(1999))
        #expect(store.now - MemoryStore.testEpoch == .milliseconds(1))
        clock.advance(by: .microseconds(1))
        #expect(store.now - MemoryStore.testEpoch == .milliseconds(2))
        clock.advance(by: .seconds(1_000_000))
        #expect(store.now - MemoryStore.testEpoch == .milliseconds(1_000_000_002))
    }

    @Test("by default it runs on real time and keeps finished instances for two days")
    func defaults() async throws {
        let real = MemoryStore(pollLimit: .milliseconds(1))
        #expect(real.leaseDuration == .seconds(10))
        #expect(abs((real.now - MemoryStore.currentTime) / .seconds(1)) < 60)
        #expect(real.clock is ContinuousClock)
        #expect(try await real.beat(worker, isFirst: true))
        #expect(try await real.nextWorkflowTasks(for: worker, limit: 1).isEmpty)

        #expect(try await store.beat(worker, isFirst: true))
        let start = try await start()
        try await complete(try #require(try await store.nextWorkflowTasks(for: worker, limit: 1).first))
        #expect(try await store.tick(by: worker.worker).nextDue == store.now + .seconds(48 * 3600))
        clock.advance(by: .seconds(48 * 3600) - .milliseconds(1))
        _ = try await store.tick(by: worker.worker)
        #expect(try await store.state(of: start.instance) != nil)
        clock.advance(by: .milliseconds(1))
        _ = try await store.tick(by: worker.worker)
        #expect(try await store.state(of: start.instance) == nil)
    }

    @Test("an empty poll waits until the clock passes its limit, and moves no clock")
    func emptyPoll() async throws {
        #expect(try await store.beat(worker, isFirst: true))
        let workflows = Task { try await store.nextWorkflowTasks(for: worker, limit: 1) }
        let activities = Task { try await store.nextActivityTasks(for: worker, limit: 1) }
        await waiters(2)
        #expect(clock.sleeperCount == 0)
        #expect(clock.advanceToNextDeadline() == nil)
        clock.advance(by: .milliseconds(1999))
        #expect(store.census().waiters == 2)
        clock.advance(by: .milliseconds(1))
        #expect(try await workflows.value.isEmpty)
        #expect(try await activities.value.isEmpty)
        #expect(store.census().waiters == 0)
    }

    @Test("a waiting poll is woken by a task, one for each")
    func wokenPoll() async throws {
        #expect(try await store.beat(worker, isFirst: true))
        let polls = (0..<3).map { _ in Task { try await store.nextWorkflowTasks(for: worker, limit: 1) } }
        await waiters(3)
        try await start("one")
        await waiters(2)
        try await start("two")
        await waiters(1)
        try await start("three")
        var instances: Set<InstanceID> = []
        for poll in polls { instances.formUnion(try await poll.value.map(\.instance)) }
        #expect(instances == ["one", "two", "three"])
        #expect(store.census().heldTasks == 3)
    }

    @Test("a cancelled poll says so, holds nothing and leaves no trace")
    func cancelledPoll() async throws {
        #expect(try await store.beat(worker, isFirst: true))
        let poll = Task { try await store.nextWorkflowTasks(for: worker, limit: 1) }
        await waiters(1)
        poll.cancel()
        let error = await #expect(throws: StoreError.self) { try await poll.value }
        #expect(error?.code == .cancelled)
        #expect(store.census().waiters == 0)
        try await start()
        #expect(store.census().queueEntries == 1)
    }

    @Test("a poll by a worker that is not registered, or dies while it waits, is refused")
    func pollOfTheDead() async throws {
        var error = await #expect(throws: StoreError.self) { try await store.nextWorkflowTasks(for: worker, limit: 1) }
        #expect(error?.code == .leaseLost)
        #expect(try await store.beat(worker, isFirst: true))
        clock.advance(by: .seconds(9))
        let poll = Task { try await store.nextActivityTasks(for: worker, limit: 1) }
        await waiters(1)
        clock.advance(by: .seconds(1))
        #expect(try await store.tick(by: "other").deadWorkers.isEmpty, "silent for exactly its lease")
        clock.advance(by: .milliseconds(1))
        #expect(try await store.tick(by: "other").deadWorkers == [worker.worker])
        error = await #expect(throws: StoreError.self) { try await poll.value }
        #expect(error?.code == .leaseLost)
    }

    @Test("everyone who waits for an instance is woken when it completes")
    func completionWaiters() async throws {
        #expect(try await store.beat(worker, isFirst: true))
        let start = try await start()
        let waiting = (0..<3).map { _ in Task { try await store.completion(of: start.instance) } }
        await waiters(3)
        waiting[1].cancel()
        let error = await #expect(throws: StoreError.self) { try await waiting[1].value }
        #expect(error?.code == .cancelled)
        #expect(store.census().waiters == 2)
        try await complete(try #require(try await store.nextWorkflowTasks(for: worker, limit: 1).first))
        #expect(store.census().waiters == 0)
        #expect(try await waiting[0].value == .completed(.none))
        #expect(try await waiting[2].value == .completed(.none))
    }

    @Test("a worker that is kept alive outlives its lease many times over, until it is no longer kept")
    func keepAlive() async throws {
        #expect(try await store.beat(worker, isFirst: true))
        let keeping = Task { await store.keepAlive(worker) }
        for _ in 0..<30 {
            await clock.sleepers(atLeast: 1)
            #expect(clock.advanceToNextDeadline() != nil)
            #expect(try await store.tick(by: "other").deadWorkers.isEmpty)
        }
        #expect(store.now - MemoryStore.testEpoch > store.leaseDuration * 9)
        keeping.cancel()
        await keeping.value
        clock.advance(by: .seconds(11))
        #expect(try await store.tick(by: "other").deadWorkers == [worker.worker])
    }

    @Test("keeping a worker alive ends when its lease is lost")
    func keepAliveEnds() async throws {
        #expect(try await store.beat(worker, isFirst: true))
        let keeping = Task { await store.keepAlive(worker) }
        await clock.sleepers(atLeast: 1)
        try await store.leave(worker)
        clock.advanceToNextDeadline()
        await keeping.value
        #expect(store.census().workers == 0)
    }

    @Test("a census counts what is there")
    func census() async throws {
        #expect(store.census() == Census())
        #expect(try await store.beat(worker, isFirst: true))
        try await start("one")
        try await start("two")
        _ = try await store.nextWorkflowTasks(for: worker, limit: 1)
        let census = store.census()
        #expect(census.instances == 2)
        #expect(census.queueEntries == 1)
        #expect(census.heldTasks == 1)
        #expect(census.inputs == 2)
        #expect(census.workers == 1)
        #expect(store.audit().isEmpty)
    }
}
