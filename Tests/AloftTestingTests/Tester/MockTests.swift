import Aloft
import AloftTesting
import Foundation
import Testing

@Suite struct MockTests {
    struct Caller: Workflow {
        static let double = ActivityReference<Int, Int>("double")
        static let token = ActivityReference<Void, String>("token")

        func run(_ context: WorkflowContext, _ number: Int) async throws -> String {
            let doubled = try await context.activity(Self.double, number)
            let ping = try await context.activity(Ping.self)
            let token = try await context.activity(Self.token, ())
            return "\(doubled) \(ping) \(token)"
        }
    }

    @Test("Closures stand in for activities of every form")
    func forms() async throws {
        let tester = WorkflowTester()
        tester.mock(Caller.double) { $0 * 2 }
        tester.mock(Ping.self) { "mocked" }
        tester.mock(Caller.token) { "t" }
        #expect(try await tester.run(Caller.self, 21) == "42 mocked t")
        #expect(try tester.inputs(of: Caller.double) == [21])
    }

    @Test("A mock goes before what is registered, and before an earlier mock")
    func precedence() async throws {
        let tester = WorkflowTester()
        tester.register { Charge() }
        tester.mock(Charge.self) { (_: Order) in Receipt(amount: 1) }
        tester.mock(Charge.self) { (_: Order) in Receipt(amount: 2) }
        #expect(try await tester.run(Purchase.self, Order()) == Receipt(amount: 2))
    }

    @Test("A mock is told the attempt and whose it is")
    func context() async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self) { context, _ in
            #expect(context.instance == "p")
            #expect(context.name == "Charge")
            return Receipt(amount: context.attempt)
        }
        #expect(try await tester.run(Purchase.self, Order(), id: "p") == Receipt(amount: 1))
    }

    @Test("An error is thrown at every attempt")
    func failing() async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self, throws: Busy())
        tester.expect(Charge.self, times: 3)
        let error = await #expect(throws: WorkflowError.self) { try await tester.run(Purchase.self, Order()) }
        #expect(error?.type == "Busy")
        #expect(tester.elapsed == .seconds(3))
        tester.mock(Caller.double, takes: .seconds(60), throws: PermanentError(Busy()))
        tester.expect(Caller.double, times: .once)
        await #expect(throws: WorkflowError.self) { try await tester.run(Caller.self, 21) }
        #expect(tester.elapsed == .seconds(63))
    }

    @Test("Results come one after the other, retries included")
    func sequence() async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self, results: .failure(Busy()), .success(Receipt(amount: 5)))
        #expect(try await tester.run(Purchase.self, Order()) == Receipt(amount: 5))
        tester.mock(Caller.double, results: .success(1))
        tester.mock(Ping.self, results: .success("p"))
        tester.mock(Caller.token, results: .success("t"))
        #expect(try await tester.run(Caller.self, 21) == "1 p t")
    }

    @Test("A call more than there are results ends the run and says where the mock is")
    func exhausted() async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self, results: .failure(Busy()))
        let error = try await #require(throws: TesterError.self) { try await tester.run(Purchase.self, Order()) }
        #expect(error.code == .unexpectedCall)
        #expect(error.message.contains("activity Charge at AloftTestingTests/MockTests.swift:"))
        #expect(error.message.contains("was given 1 result and is called once more"))
    }

    struct Racer: Workflow {
        func run(_ context: WorkflowContext, _ limit: Int) async throws -> String {
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { "charged \(try await context.activity(Charge.self, Order()).amount)" }
                group.addTask {
                    try await context.sleep(for: .seconds(limit))
                    return "late"
                }
                defer { group.cancelAll() }
                return try await group.next() ?? ""
            }
        }
    }

    @Test("A mock may take virtual time", arguments: [(29, "late"), (30, "late"), (31, "charged 10")])
    func duration(_ limit: Int, _ result: String) async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self, takes: .seconds(30)) { (order: Order) in Receipt(amount: order.total) }
        #expect(try await tester.run(Racer.self, limit) == result)
        // The activity that lost the race runs to its end, as activities do.
        #expect(tester.now == WorkflowTester.defaultInitialTime.addingTimeInterval(30))
    }

    struct Hurried: Workflow {
        func run(_ context: WorkflowContext, _ limit: Int) async throws -> Receipt {
            let options = ActivityOptions(
                retry: RetryPolicy(maximumAttempts: 2),
                startToCloseTimeout: .seconds(limit)
            )
            return try await context.activity(Charge.self, Order(), options: options)
        }
    }

    @Test("A mock that takes longer than the activity may is timed out, and tried again by its policy")
    func startToClose() async throws {
        let tester = WorkflowTester()
        let deadlines = Notes<Date?>()
        tester.mock(Charge.self, takes: .seconds(90)) { context, order in
            deadlines.add(context.deadline)
            return Receipt(amount: order.total)
        }
        #expect(try await tester.run(Hurried.self, 90) == Receipt(amount: 10))
        let start = tester.now
        let error = try await #require(throws: WorkflowError.self) { try await tester.run(Hurried.self, 89) }
        #expect(error.failure.kind == .timeout)
        #expect(error.message.contains("start-to-close"))
        #expect(tester.now == start.addingTimeInterval(89 + 1 + 89))
        #expect(deadlines.entries.dropFirst() == [start.addingTimeInterval(89), start.addingTimeInterval(179)])
    }

    @Test("A method of a container is mocked by its reference, the others run")
    func container() async throws {
        let tester = WorkflowTester()
        tester.register { Warehouse(stock: 5) }
        tester.mock(ActivityReference<String, Int>("Warehouse.count")) { (item: String) in item.utf8.count }
        #expect(try await tester.run(Inventory.self, "bolts") == 5 + 5)
        #expect(tester.log.map(\.name) == ["Inventory", "Warehouse.count", "Warehouse.reserve", "Inventory"])
    }

    @Test("A result that is too large fails the activity for good")
    func tooLarge() async throws {
        let tester = WorkflowTester()
        tester.mock(Ping.self) { String(repeating: "x", count: 2 << 20) }
        tester.mock(Caller.double) { $0 }
        let error = try await #require(throws: WorkflowError.self) { try await tester.run(Caller.self, 1) }
        #expect(error.type == "PayloadTooLarge")
    }
}
