import AloftCore
import AloftTesting
import Testing

/// Workers that do everything they may, in random order, badly: they crash, leave, repeat themselves and answer late.
///
/// Their workflow starts three activities and two timers, waits for all outcomes and then completes.
struct RandomFleet {
    private struct Hands {
        var registration: WorkerRegistration
        var tasks: [WorkflowTask] = []
        var activities: [ActivityTask] = []
        /// What it has sent before and may send again.
        var past: [Transition] = []
    }

    let clock = VirtualClock()
    let store: MemoryStore
    private var generator: SeededGenerator
    private var workers: [Hands] = []
    private var instances: [InstanceID] = []

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        store = MemoryStore(
            clock: clock,
            epoch: MemoryStore.testEpoch,
            retention: .seconds(100_000),
            pollLimit: .zero
        )
    }

    /// Chaos for a number of steps, then calm until everything has completed.
    mutating func run(steps: Int) async throws {
        for _ in 0..<steps {
            try await step(Int.random(in: 0..<100, using: &generator))
            try #require(store.audit().isEmpty)
        }
        for index in workers.indices.reversed() { try await leave(index) }
        try await join()
        var rounds = 0
        var open = try await openInstances()
        while !open.isEmpty {
            rounds += 1
            try #require(rounds < 1000, "some instances stand still: \(open)")
            try await work(0, isCareful: true)
            clock.advance(by: .seconds(1))
            #expect(try await store.beat(workers[0].registration, isFirst: false))
            _ = try await store.tick(by: workers[0].registration.worker)
            try #require(store.audit().isEmpty)
            open = try await openInstances()
        }
    }

    /// Checks the histories, and that nothing is left in the end.
    mutating func finish() async throws {
        var quarantined = 0
        for instance in instances {
            let state = try #require(try await store.state(of: instance))
            // Those that killed too many workers wait for an operator.
            guard !state.isQuarantined else {
                quarantined += 1
                continue
            }
            #expect(state.status == .completed)
            let history = try await store.history(of: instance, after: 0, limit: .max)
            let outcomes = history.filter { $0.body.isInput }.compactMap(\.body.command)
            #expect(outcomes.sorted() == (1...5).map(CommandID.init), "each command has one outcome")
        }
        try await leave(0)
        clock.advance(by: .seconds(100_001))
        while try await store.tick(by: "nobody").isMoreDue {}
        let census = store.census()
        #expect(census.instances == quarantined)
        #expect(census.heldTasks == 0)
        #expect(census.workers == 0)
        if quarantined == 0 { #expect(census == Census()) }
    }

    private func openInstances() async throws -> [InstanceState] {
        var open: [InstanceState] = []
        for instance in instances {
            guard let state = try await store.state(of: instance) else { continue }
            if state.status == .running, !state.isQuarantined { open.append(state) }
        }
        return open
    }

    // MARK: Steps

    private mutating func step(_ number: Int) async throws {
        if workers.isEmpty { try await join() }
        let index = Int.random(in: workers.indices, using: &generator)
        switch number {
        case 0..<4: try await join()
        case 4: workers.remove(at: index)
        case 5: try await leave(index)
        case 6..<20:
            clock.advance(by: .milliseconds(Int.random(in: 0...2000, using: &generator)))
            try await tick(index)
        case 20..<30: try await start()
        case 30..<35:
            if let instance = instances.randomElement(using: &generator) {
                try? await store.deliver(.cancelRequested(reason: "r"), to: instance, execution: nil, id: nil)
            }
        default: try await work(index, isCareful: false)
        }
    }

    private mutating func join() async throws {
        let registration = WorkerRegistration(
            worker: WorkerID("worker-\(generator.next())"),
            workflowQueues: ["q"],
            activityQueues: ["q"],
            host: "here"
        )
        #expect(try await store.beat(registration, isFirst: true))
        workers.append(Hands(registration: registration))
    }

    private mutating func leave(_ index: Int) async throws {
        try await store.leave(workers.remove(at: index).registration)
    }

    private mutating func start() async throws {
        let start = InstanceStart(
            instance: InstanceID("instance-\(instances.count)"),
            execution: ExecutionID("execution-\(instances.count)"),
            workflow: "W",
            queue: "q",
            input: .none
        )
        #expect(try await store.start(start) == .started)
        instances.append(start.instance)
    }

    /// Those whose beats are forgotten find out by what they try.
    private mutating func tick(_ index: Int) async throws {
        for worker in workers where Bool.random(using: &generator) || Bool.random(using: &generator) {
            _ = try await store.beat(worker.registration, isFirst: false)
        }
        _ = try await store.tick(by: workers[index].registration.worker)
    }

    private mutating func work(_ index: Int, isCareful: Bool) async throws {
        var hands = workers[index]
        let worker = hands.registration.worker
        hands.tasks += (try? await store.nextWorkflowTasks(for: hands.registration, limit: 3)) ?? []
        hands.activities += (try? await store.nextActivityTasks(for: hands.registration, limit: 3)) ?? []
        repeat {
            if let task = hands.tasks.popLast() {
                switch isCareful ? 9 : Int.random(in: 0...9, using: &generator) {
                case 0: try await store.postpone(task, by: worker, delay: .zero, problem: "p")
                case 1: try await store.postpone(task, by: worker, delay: .seconds(3), problem: nil)
                case 2:
                    try await store.release([task.instance], by: worker)
                    hands.tasks.append(task)
                default: try await move(task, &hands)
                }
            }
            if let activity = hands.activities.popLast() { try await run(activity, by: worker, isCareful: isCareful) }
            if !isCareful, let past = hands.past.randomElement(using: &generator) { _ = try await store.commit(past) }
        } while isCareful && !(hands.tasks.isEmpty && hands.activities.isEmpty)
        workers[index] = hands
    }

    private mutating func move(_ task: WorkflowTask, _ hands: inout Hands) async throws {
        guard let loaded = try await store.load(task) else { return }
        let transition = decide(loaded, task, by: hands.registration.worker)
        hands.past.append(transition)
        guard case .committed(let inputs) = try await store.commit(transition) else { return }
        if !inputs.isEmpty { hands.tasks.append(task) }
        guard Bool.random(using: &generator) else { return }
        #expect(try await store.commit(transition) == .committed(inputs: inputs), "the repeated call")
    }

    private mutating func decide(_ loaded: LoadedExecution, _ task: WorkflowTask, by worker: WorkerID) -> Transition {
        let count = Int.random(in: 1...loaded.inbox.count, using: &generator)
        var bodies = loaded.inbox.prefix(count).map(\.body)
        var transition = Transition(
            id: "transition-\(generator.next())",
            worker: worker,
            instance: task.instance,
            execution: task.execution,
            expectedLength: loaded.history.count,
            events: [],
            queue: "q",
            receipt: task.receipt,
            consumedInputs: count,
            isResident: .random(using: &generator)
        )
        if loaded.history.isEmpty {
            for number in 1...3 {
                let scheduled = EventBody.ActivityScheduled(
                    command: CommandID(number),
                    name: "a",
                    queue: nil,
                    input: .none,
                    retry: .default
                )
                bodies.append(.activityScheduled(scheduled))
                transition.activities.append(.init(scheduled: scheduled, isEager: false))
            }
            for number in 4...5 {
                let due = store.now + .seconds(Int.random(in: 0...20, using: &generator))
                let timer = EventBody.TimerScheduled(command: CommandID(number), name: "t", due: due)
                bodies.append(.timerScheduled(timer))
                transition.timers.append(timer)
            }
        }
        let outcomes = (loaded.history.map(\.body) + bodies).filter { $0.isInput && $0.command != nil }
        if outcomes.count == 5 {
            transition.completion = .completed(.none)
            bodies.append(.workflowCompleted(.none))
        }
        transition.events = bodies.enumerated().map { offset, body in
            Event(number: loaded.history.count + offset + 1, timestamp: store.now, body: body)
        }
        return transition
    }

    private mutating func run(_ task: ActivityTask, by worker: WorkerID, isCareful: Bool) async throws {
        let failure = Failure(type: "F", message: "f")
        switch isCareful ? 9 : Int.random(in: 0...9, using: &generator) {
        case 0: try await store.handBack(task, by: worker, delay: .zero)
        case 1: try await store.handBack(task, by: worker, delay: .seconds(2))
        case 2: _ = try await store.finish(task, by: worker, outcome: .retry(after: .seconds(1), failure))
        case 3: _ = try await store.finish(task, by: worker, outcome: .retry(after: .zero, failure))
        case 4: _ = try await store.finish(task, by: worker, outcome: .failed(failure))
        case 5:
            _ = try await store.finish(task, by: worker, outcome: .completed(.none))
            #expect(try await !store.finish(task, by: worker, outcome: .completed(.none)), "the repeated call")
        default: _ = try await store.finish(task, by: worker, outcome: .completed(.none))
        }
    }
}
