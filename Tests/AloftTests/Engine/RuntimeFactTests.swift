import Aloft
import Testing

/// What the engine relies on and Swift does not promise. Histories outlive toolchains, so each fact is pinned here, in debug
/// and in release: a failure means that a toolchain may order the tasks of old histories differently.
@Suite struct RuntimeFactTests {
    private typealias Log = Journal<String>

    /// Runs tasks on a new executor until all are suspended.
    @discardableResult
    private func drained(budget: Int = 10_000, _ work: (DeterministicExecutor) -> Void) -> DeterministicExecutor {
        let executor = DeterministicExecutor()
        #expect(executor.drain(budget: budget) { work(executor) } == .idle)
        #expect(!executor.sawForeignJob)
        return executor
    }

    // MARK: What works

    struct Wide: Workflow {
        func run(_ context: WorkflowContext) async throws -> [Int] {
            let first = try await context.activity(Reference.double, 0)
            async let left = context.activity(Reference.double, 10)
            async let right = context.activity(Reference.double, 20)
            let middle = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...5 { group.addTask { try await context.activity(Reference.double, number) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            return try await [first, left, right] + middle + [context.activity(Reference.double, 30)]
        }
    }

    /// An executor that only buffers jobs makes `async let` and task groups deterministic: one order in two thousand runs.
    @Test func manyRunsHaveOneOrder() throws {
        var orders: Set<[String]> = []
        for _ in 0..<2_000 {
            let engine = EngineHarness(Wide.self)
            try engine.start()
            for command in 1...9 { try engine.feed(.completed(command, command)) }
            orders.insert(engine.summaries)
            #expect(engine.completion?.status == .completed)
        }
        #expect(orders.count == 1)
    }

    /// The preference reaches `async let`, group children, nonisolated async functions and default actors.
    @Test func preferenceIsInherited() {
        actor Plain {
            func isOn(_ executor: DeterministicExecutor) -> Bool { executor.isCurrent }
        }
        @concurrent func isOnConcurrently(_ executor: DeterministicExecutor) async -> Bool { executor.isCurrent }
        func isOn(_ executor: DeterministicExecutor) async -> Bool { executor.isCurrent }
        let log = Journal<Bool>()
        drained { executor in
            Task(executorPreference: executor) {
                log.note(executor.isCurrent)
                async let child = executor.isCurrent
                log.note(await child)
                let inGroup = await withTaskGroup { group in
                    group.addTask { await isOnConcurrently(executor) }
                    return await group.next() ?? false
                }
                log.note(inGroup)
                await withDiscardingTaskGroup { group in group.addTask { log.note(executor.isCurrent) } }
                log.note(await isOn(executor))
                log.note(await isOnConcurrently(executor))
                log.note(await Plain().isOn(executor))
            }
        }
        #expect(log.entries == Array(repeating: true, count: 7))
    }

    /// Group children start in the order in which they were added.
    @Test func groupChildrenStartInOrder() {
        let log = Log()
        drained { executor in
            Task(executorPreference: executor) {
                await withTaskGroup { group in
                    for number in 0..<100 { group.addTask { log.note("\(number)") } }
                }
            }
        }
        #expect(log.entries == (0..<100).map(String.init))
    }

    /// `async let` children start in the order in which they were written, after their parent first suspends.
    @Test func asyncLetStartsInOrder() {
        let log = Log()
        drained { executor in
            Task(executorPreference: executor) {
                async let first: Void = log.note("first")
                async let second: Void = log.note("second")
                log.note("parent")
                await second
                await first
            }
        }
        #expect(log.entries == ["parent", "first", "second"])
    }

    /// A group yields its children in the order in which they ended.
    @Test func groupYieldsInCompletionOrder() {
        let log = Log()
        let gates = (0..<5).map { _ in Gate() }
        let executor = drained { executor in
            Task(executorPreference: executor) {
                await withTaskGroup(of: Int.self) { group in
                    for number in 0..<5 {
                        group.addTask {
                            await gates[number].wait()
                            return number
                        }
                    }
                    for await number in group { log.note("\(number)") }
                }
            }
        }
        #expect(executor.drain(budget: 1_000) { for number in [3, 1, 4, 0, 2] { gates[number].open() } } == .idle)
        #expect(log.entries == ["3", "1", "4", "0", "2"])
    }

    /// Cancellation visits the children of a group in the order in which they were added.
    @Test func cancellationVisitsChildrenInOrder() {
        let log = Log()
        let tasks = Shared<[Task<Void, Never>]>([])
        let executor = drained { executor in
            tasks.value.append(
                Task(executorPreference: executor) {
                    await withTaskGroup { group in
                        for number in 0..<20 {
                            group.addTask {
                                let gate = Gate()
                                await withTaskCancellationHandler {
                                    await gate.wait()
                                } onCancel: {
                                    log.note("\(number)")
                                    gate.open()
                                }
                            }
                        }
                    }
                }
            )
        }
        #expect(executor.drain(budget: 1_000) { tasks.value[0].cancel() } == .idle)
        #expect(log.entries == (0..<20).map(String.init))
    }

    // MARK: What bites

    /// Fact 1: a task that is enqueued again though it did not suspend goes on before all others.
    ///
    /// Here by hopping to an actor whose executor is this one, which the runtime does not know to be the same.
    @Test func needlessEnqueueKeepsTheTurn() {
        let log = Log()
        drained { executor in
            let alias = Alias(of: executor)
            for name in ["a", "b"] {
                Task(executorPreference: executor) {
                    log.note("\(name)1")
                    await alias.run { log.note("\(name)2") }
                    log.note("\(name)3")
                    await alias.run { log.note("\(name)4") }
                }
            }
        }
        #expect(log.entries == ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4"])
    }

    /// Fact 1: a task that did suspend queues up behind those that became ready before it.
    @Test func suspensionGivesTheTurnAway() {
        let log = Log()
        let gate = Gate()
        drained { executor in
            Task(executorPreference: executor) {
                log.note("a1")
                await gate.wait()
                log.note("a2")
            }
            Task(executorPreference: executor) {
                log.note("b1")
                gate.open()
                log.note("b2")
            }
            Task(executorPreference: executor) { log.note("c") }
        }
        #expect(log.entries == ["a1", "b1", "b2", "c", "a2"])
    }

    /// Fact 2: the runtime names the task of a job: one name for all jobs of a task, another for every other task.
    @Test func jobsNameTheirTask() {
        let executor = JobCollector(.onTaskExecutor)
        let gates = (0..<3).map { _ in Gate() }
        for _ in 0..<2 {
            Task(executorPreference: executor) {
                for gate in gates { await gate.wait() }
            }
        }
        executor.run()
        for gate in gates {
            gate.open()
            executor.run()
        }
        let names = executor.jobs.compactMap(\.self)
        #expect(names.count == 8)
        #expect(Set(names).count == 2)
        // They were run in turns, since this executor knows no continuation.
        #expect(names.enumerated().allSatisfy { index, name in name == names[index % 2] })
    }

    /// Fact 2: jobs that are no task's have no name, so that none of them is taken for the one that runs.
    @Test func jobsOfNoTaskHaveNoName() {
        let executor = JobCollector(.onTaskExecutor)
        let counter = Counter()
        Task(executorPreference: executor) {
            await Task.yield()
            await counter.increment()
        }
        executor.run()
        #expect(executor.jobs.prefix(4).map { $0 == nil } == [false, true, false, true])
    }

    /// Fact 3: jobs that run on a task executor call async functions without being enqueued; jobs that run isolated to a
    /// serial executor are enqueued for every hop. A call of a default actor costs a job there and one back either way.
    @Test func runningOnTheTaskExecutorSparesJobs() {
        func jobs(_ mode: JobCollector.Mode, _ operation: @escaping @Sendable () async -> Void) -> Int {
            let executor = JobCollector(mode)
            Task(executorPreference: executor) {
                for _ in 0..<100 { await operation() }
            }
            executor.run()
            return executor.jobs.count
        }
        let counter = Counter()
        #expect(jobs(.onTaskExecutor) { await hop() } == 1)
        #if DEBUG
        // An optimiser may spare some of them: how many there are is no property of the source.
        #expect(jobs(.isolatedToSerialExecutor) { await hop() } > 100)
        #endif
        #expect(jobs(.onTaskExecutor) { await counter.increment() } == 201)
        #expect(jobs(.isolatedToSerialExecutor) { await counter.increment() } > 200)
    }

    /// Fact 6: `Task.yield()` stays on the executor and lets the others go first.
    @Test func yieldStays() {
        let log = Log()
        drained { executor in
            for name in ["a", "b"] {
                Task(executorPreference: executor) {
                    for step in 1...3 {
                        log.note("\(name)\(step)")
                        await Task.yield()
                    }
                }
            }
        }
        #expect(log.entries == ["a1", "b1", "a2", "b2", "a3", "b3"])
    }

    /// Default actors that only the workflow uses run on the executor and keep the order.
    @Test func defaultActorsInheritTheExecutor() throws {
        let engine = EngineHarness(ActorUser.self)
        try engine.start()
        try engine.feed(.completed(2, 2))
        try engine.restart()
        try engine.feed(.completed(1, 1))
        try engine.feed(.completed(3, 3))
        #expect(try engine.completion?.value() == [0, 1, 2, 102, 101, 103])
    }

    struct ActorUser: Workflow {
        actor Ledger {
            private(set) var lines: [Int] = []
            func add(_ line: Int) { lines.append(line) }
            /// Called on the actor, suspended there, and resumed there.
            func addResult(_ number: Int, _ context: WorkflowContext) async throws {
                lines.append(100 + (try await context.activity(Reference.double, number)))
            }
        }

        func run(_ context: WorkflowContext) async throws -> [Int] {
            let ledger = Ledger()
            try await withThrowingTaskGroup { group in
                for number in 0..<3 {
                    group.addTask {
                        await ledger.add(number)
                        try await ledger.addResult(number, context)
                    }
                }
                try await group.waitForAll()
            }
            return await ledger.lines
        }
    }

    /// Fact 10: a group keeps the results of children nobody asked for; a discarding group keeps nothing.
    @Test func onlyDiscardingGroupsForget() {
        final class Token: Sendable {
            let alive: Shared<Int>
            init(_ alive: Shared<Int>) {
                self.alive = alive
                alive.update { $0 += 1 }
            }
            deinit { alive.update { $0 -= 1 } }
        }
        let alive = Shared(0)
        let gate = Gate()
        let executor = drained { executor in
            Task(executorPreference: executor) {
                await withTaskGroup(of: Token.self) { group in
                    for _ in 0..<50 { group.addTask { Token(alive) } }
                    await gate.wait()
                }
            }
        }
        #expect(alive.value == 50)
        #expect(executor.drain(budget: 1_000) { gate.open() } == .idle)
        #expect(alive.value == 0)

        let other = Gate()
        let discarding = drained { executor in
            Task(executorPreference: executor) {
                await withDiscardingTaskGroup { group in
                    for _ in 0..<50 { group.addTask { _ = Token(alive) } }
                    await other.wait()
                    #expect(alive.value == 0)
                }
            }
        }
        #expect(discarding.drain(budget: 1_000) { other.open() } == .idle)
    }

    /// Fact 11: a cancelled group starts later children cancelled; they run, and every call of the context throws in them.
    @Test func laterChildrenOfACancelledGroupStartCancelled() throws {
        let engine = EngineHarness(LateChildren.self)
        let decisions = try engine.start()
        #expect(engine.journal.entries == ["child true", "CancellationError()", "not added"])
        #expect(decisions.activities.isEmpty)
        #expect(decisions.completion?.status == .completed)
    }

    struct LateChildren: Workflow {
        func run(_ context: WorkflowContext) async throws {
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    Probe.note("child \(Task.isCancelled)")
                    do { try await context.activity(Reference.work, "late") } catch { Probe.note("\(error)") }
                }
                let isAdded = group.addTaskUnlessCancelled { Probe.note("added") }
                await group.waitForAll()
                Probe.note(isAdded ? "added" : "not added")
            }
        }
    }

    /// Fact 12: an unstructured task whose value is awaited is a cancellation shield, and runs on the executor it is given.
    @Test func unstructuredTaskIsAShield() {
        let log = Log()
        let tasks = Shared<[Task<Void, Never>]>([])
        let gate = Gate()
        let executor = drained { executor in
            tasks.value.append(
                Task(executorPreference: executor) {
                    await Task(executorPreference: executor) {
                        await gate.wait()
                        log.note("shielded \(Task.isCancelled) \(executor.isCurrent)")
                    }.value
                    log.note("caller \(Task.isCancelled)")
                }
            )
        }
        #expect(executor.drain(budget: 100) { tasks.value[0].cancel() } == .idle)
        #expect(log.entries.isEmpty)
        #expect(executor.drain(budget: 100) { gate.open() } == .idle)
        #expect(log.entries == ["shielded false true", "caller true"])
    }

    /// Fact 14: a misspelt feature flag is ignored without a word.
    @Test func featuresAreOn() {
        var missing: [String] = []
        #if !hasFeature(ExistentialAny)
        missing.append("ExistentialAny")
        #endif
        #if !hasFeature(InternalImportsByDefault)
        missing.append("InternalImportsByDefault")
        #endif
        #if !hasFeature(MemberImportVisibility)
        missing.append("MemberImportVisibility")
        #endif
        #if !hasFeature(NonisolatedNonsendingByDefault)
        missing.append("NonisolatedNonsendingByDefault")
        #endif
        #expect(missing.isEmpty)
    }

    private actor Counter {
        private var count = 0
        func increment() { count += 1 }
    }

    @concurrent private func hop() async {}
}
