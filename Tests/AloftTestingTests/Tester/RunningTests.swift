import Aloft
import AloftTesting
import Foundation
import Logging
import Testing

@Suite struct WorkflowTesterTests {
    @Test("A workflow runs with its real activities")
    func real() async throws {
        let tester = WorkflowTester()
        tester.register { Charge() }
        #expect(try await tester.run(Purchase.self, Order(total: 7)) == Receipt(amount: 7))
        #expect(try await tester.state().status == .completed)
        #expect(try await tester.history().count == 4)
    }

    @Test("A month passes in no time, and the clock tells so")
    func time() async throws {
        let tester = WorkflowTester()
        #expect(tester.now == WorkflowTester.defaultInitialTime)
        let started = ContinuousClock().now
        #expect(try await tester.run(Sleeper.self, 30 * 86_400) == 30 * 86_400)
        #expect(ContinuousClock().now - started < .seconds(60))
        #expect(tester.now == WorkflowTester.defaultInitialTime.addingTimeInterval(30 * 86_400))
    }

    struct Dated: Workflow {
        func run(_ context: WorkflowContext) async throws -> Date { context.now }
    }

    @Test("Time starts where the test says")
    func initialTime() async throws {
        let date = Date(timeIntervalSince1970: 1_000_000)
        let tester = WorkflowTester(initialTime: date)
        #expect(try await tester.run(Dated.self) == date)
    }

    struct Failing: Workflow {
        func run(_ context: WorkflowContext) async throws { throw Declined() }
    }

    @Test("A failure arrives typed, as whoever awaits the instance catches it")
    func failure() async throws {
        let tester = WorkflowTester()
        let error = try await #require(throws: WorkflowError.self) { try await tester.run(Failing.self, id: "f") }
        #expect(error.instance == "f")
        #expect(error.status == .failed)
        #expect(error.type == "Declined")
        #expect(error.details(Declined.self) != nil)
    }

    @Test("Retries take virtual time, by the policy of the activity")
    func retries() async throws {
        let tester = WorkflowTester()
        let moments = Notes<Date>()
        tester.mock(Charge.self) { [unowned tester] context, order in
            moments.add(tester.now)
            guard context.attempt == 3 else { throw Busy() }
            return Receipt(amount: order.total)
        }
        #expect(try await tester.run(Purchase.self, Order()) == Receipt(amount: 10))
        let start = WorkflowTester.defaultInitialTime
        #expect(moments.entries.map { $0.timeIntervalSince(start) } == [0, 1, 3])
        #expect(
            tester.log.map(\.description) == [
                "workflow Purchase started", "activity Charge", "activity Charge, attempt 2",
                "activity Charge, attempt 3", "workflow Purchase completed",
            ]
        )
    }

    @Test("What fails for good reaches the workflow")
    func permanent() async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self) { (_: Order) in throw PermanentError(Declined()) }
        let error = try await #require(throws: WorkflowError.self) { try await tester.run(Purchase.self, Order()) }
        #expect(error.type == "Declined")
        #expect(try tester.inputs(of: Charge.self) == [Order()])
    }

    struct Shuffler: Workflow {
        static let step = ActivityReference<Int, Int>("step")

        func run(_ context: WorkflowContext) async throws -> [String] {
            var random = context.random
            var results = [context.uuid().uuidString, "\(Int.random(in: 0..<1000, using: &random))"]
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<5 { group.addTask { try await context.activity(Self.step, number) } }
                for try await number in group { results.append("\(number)") }
            }
            return results
        }
    }

    @Test("The same test goes the same way each time")
    func repeatable() async throws {
        func run() async throws -> ([String], [Occurrence]) {
            let tester = WorkflowTester()
            tester.mock(Shuffler.step, takes: .seconds(1)) { $0 * 2 }
            return (try await tester.run(Shuffler.self), tester.log)
        }
        let (first, firstLog) = try await run()
        let (second, secondLog) = try await run()
        #expect(first == second)
        #expect(firstLog == secondLog)
        #expect(first.suffix(5) == ["0", "2", "4", "6", "8"], "activities run in the order in which they were queued")
    }

    @Test("Executions may also stay in memory between their tasks", arguments: [true, false])
    func residency(_ replays: Bool) async throws {
        let tester = WorkflowTester(replaysEveryTask: replays)
        tester.mock(Shuffler.step) { $0 }
        #expect(try await tester.run(Shuffler.self).count == 7)
        #expect(try await tester.run(Sleeper.self, 5) == 5)
    }

    struct Long: Workflow {
        func run(_ context: WorkflowContext, _ count: Int) async throws -> Int {
            for _ in 0..<count { try await context.sleep(for: .seconds(60)) }
            return context.historyLength
        }
    }

    @Test("Long histories are replayed now and then, and run to their end")
    func long() async throws {
        let tester = WorkflowTester()
        #expect(try await tester.run(Long.self, 1500) == 3001)
    }

    @Test("Several instances run side by side")
    func several() async throws {
        let tester = WorkflowTester()
        let slow = try await tester.start(Sleeper.self, 50)
        let quick = try await tester.start(Sleeper.self, 20, id: "quick")
        #expect(slow.id == "Sleeper-1")
        #expect(try await quick.result() == 20)
        #expect(try await tester.state(of: slow.id).status == .running)
        #expect(try await slow.result() == 50)
        #expect(tester.instances(of: Sleeper.self) == ["Sleeper-1", "quick"])
    }

    @Test("Time can be moved by hand, and the instance looked at in between")
    func advance() async throws {
        let tester = WorkflowTester()
        tester.register { Charge() }
        let instance = try await tester.start(Fulfilment.self, Order())
        try await tester.advance(by: .zero)
        #expect(try await tester.history().map(\.body.isInput) == [true, false])
        try await tester.advance(by: .seconds(3600))
        #expect(tester.now == WorkflowTester.defaultInitialTime.addingTimeInterval(3600))
        #expect(tester.log.count == 1)
        try await tester.signal(Fulfilment.approval, Approval(by: "x"))
        #expect(try await instance.result() == Receipt(amount: 10))
    }

    @Test("A start says what a client's says: id, queue, retention")
    func start() async throws {
        let tester = WorkflowTester()
        tester.register { Ping() }
        let sleeper = try await tester.start(Sleeper.self, 10, id: "s", queue: "slow") { $0.retention = .seconds(5) }
        #expect(try await tester.state().queue == "slow")
        #expect(try await sleeper.result() == 10)
        let error = try await #require(throws: StoreError.self) { try await tester.start(Sleeper.self, 1, id: "s") }
        #expect(error.code == .instanceAlreadyExists)
        try await tester.advance(by: .seconds(5))
        let late = try await #require(throws: StoreError.self) { try await tester.state() }
        #expect(late.code == .instanceNotFound)
    }

    @Test("A workflow that is known by name runs if it is registered")
    func reference() async throws {
        let tester = WorkflowTester()
        tester.register { Sleeper.self }
        #expect(try await tester.run(WorkflowReference<Int, Double>("Sleeper"), 3) == 3)
    }

    struct Talker: Workflow {
        func run(_ context: WorkflowContext) async throws {
            context.logger.info("before")
            try await context.sleep(for: .seconds(1))
            context.logger.info("after")
        }
    }

    @Test("What code logs is logged once, though it is replayed")
    func logging() async throws {
        let recorder = LineRecorder()
        let tester = WorkflowTester(logger: recorder.logger)
        try await tester.run(Talker.self)
        #expect(recorder.lines == ["before", "after"])
    }
}
