import AloftCore
import AloftTesting
import Testing

/// Workers that do everything they may, in random order, badly: they crash, leave, repeat themselves and answer late.
///
/// Their workflow starts three activities, two timers and, while the family is not too deep, a sub-workflow, and signals
/// somebody; it waits for all outcomes, and then completes or continues as new. What decides is in `RandomFleet+Deciding.swift`.
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
    var generator: SeededGenerator
    private var workers: [Hands] = []
    /// Those that were started from outside.
    var instances: [InstanceID] = []
    private var executions = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        store = MemoryStore(
            clock: clock,
            epoch: MemoryStore.testEpoch,
            retention: .seconds(100_000),
            continuedRetention: .seconds(100_000),
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
            try #require(rounds < 3000, "some instances stand still: \(open)")
            // Those that killed too many workers wait for an operator.
            for state in open where state.isQuarantined {
                try await store.terminate(state.instance, execution: state.execution, reason: "quarantined")
            }
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
        var signals: [String] = []
        let states = try await list()
        #expect(states.count >= instances.count)
        for state in states {
            #expect(state.status.isFinished)
            let history = try await store.history(of: state.instance, after: 0, limit: .max)
            #expect(history.last.flatMap { Completion($0.body) }?.status == state.status)
            let bodies = history.map(\.body)
            let outcomes = bodies.filter(\.isInput).compactMap(\.command)
            #expect(Set(outcomes).count == outcomes.count, "no command has two outcomes")
            if state.status == .completed {
                #expect(Set(outcomes) == Set(bodies.compactMap(\.scheduledCommand)), "each command has one outcome")
            }
            signals += bodies.compactMap(\.signalName)
        }
        #expect(Set(signals).count == signals.count, "no signal arrives twice")
        try await leave(0)
        clock.advance(by: .seconds(100_001))
        while try await store.tick(by: "nobody").isMoreDue {}
        #expect(store.census() == Census())
    }

    private func list(_ filter: InstanceFilter = InstanceFilter()) async throws -> [InstanceState] {
        var found: [InstanceState] = []
        var cursor: InstanceCursor?
        repeat {
            let page = try await store.instances(matching: filter, after: cursor, limit: 50)
            found += page.instances
            cursor = page.next
        } while cursor != nil
        return found
    }

    private func openInstances() async throws -> [InstanceState] {
        try await list(InstanceFilter(statuses: [.running]))
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
        case 20..<28: try await start()
        case 28..<30: try await startAgain()
        case 30..<34:
            if let instance = try await anybody() {
                try? await store.deliver(.cancelRequested(reason: "r"), to: instance, execution: nil, id: nil)
            }
        case 34:
            if let instance = try await anybody() {
                try? await store.terminate(instance, execution: nil, reason: "r")
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
        var start = newStart("instance-\(instances.count)")
        switch Int.random(in: 0...9, using: &generator) {
        case 0: start.moment = .after(.seconds(Int.random(in: 0...20, using: &generator)))
        case 1: start.executionTimeout = .seconds(Int.random(in: 0...60, using: &generator))
        case 2: start.signal = InitialSignal(name: "start/\(start.execution)", payload: .none)
        default: break
        }
        #expect(try await store.start(start) == .started)
        #expect(try await store.start(start) == .started, "the repeated call")
        instances.append(start.instance)
    }

    /// Starts one that may be there, in whatever way.
    private mutating func startAgain() async throws {
        guard let instance = try await anybody() else { return }
        var start = newStart(instance)
        start.conflictPolicy = IDConflictPolicy.allCases.randomElement(using: &generator) ?? .fail
        start.reusePolicy = IDReusePolicy.allCases.randomElement(using: &generator) ?? .reject
        start.signal = InitialSignal(name: "start/\(start.execution)", payload: .none)
        _ = try await store.start(start)
    }

    private mutating func newStart(_ instance: InstanceID) -> InstanceStart {
        executions += 1
        return InstanceStart(
            instance: instance,
            execution: ExecutionID("execution-\(executions)"),
            workflow: "W",
            queue: "q",
            input: .none
        )
    }

    /// Any instance, sub-workflows among them.
    private mutating func anybody() async throws -> InstanceID? {
        try await list().map(\.instance).randomElement(using: &generator)
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
        let limit = isCareful ? 20 : 3
        hands.tasks += (try? await store.nextWorkflowTasks(for: hands.registration, limit: limit)) ?? []
        hands.activities += (try? await store.nextActivityTasks(for: hands.registration, limit: limit)) ?? []
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
