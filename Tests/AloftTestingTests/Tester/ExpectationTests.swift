import Aloft
import AloftTesting
import Testing

@Suite struct ExpectationTests {
    struct Spree: Workflow {
        func run(_ context: WorkflowContext, _ totals: [Int]) async throws {
            for total in totals { _ = try await context.activity(Charge.self, Order(total: total)) }
        }
    }

    private func tester() -> WorkflowTester {
        let tester = WorkflowTester()
        tester.register { Charge() }
        return tester
    }

    @Test("Expectations that are met say nothing")
    func met() async throws {
        let tester = tester()
        tester.expect(Charge.self, times: 3)
        tester.expect(Charge.self, times: 2) { $0.total > 5 }
        tester.expect(Charge.self, times: .never) { $0.total > 100 }
        tester.expect(Charge.self, times: .atLeast(1))
        tester.expect(Charge.self, times: .atMost(3))
        tester.expect(Ping.self, times: .never)
        tester.expect(Spree.self)
        try await tester.run(Spree.self, [1, 10, 20])
        // They are for one run.
        try await tester.run(Spree.self, [])
        #expect(try tester.inputs(of: Charge.self).map(\.total) == [1, 10, 20])
        #expect(try tester.inputs(of: Spree.self) == [[1, 10, 20], []])
    }

    @Test("What happens too seldom or too often is told, with the place where it was expected")
    func unmet() async throws {
        let tester = tester()
        tester.expect(Charge.self, times: 3)
        tester.expect(Charge.self, times: .never)
        tester.expect(Charge.self, times: .once) { $0.total > 100 }
        tester.expect(ActivityReference<Int, Int>("double"), times: .atLeast(2))
        tester.expect(WorkflowReference<Int, Int>("Shipping"))
        let error = try await #require(throws: TesterError.self) { try await tester.run(Spree.self, [1, 2], id: "s") }
        #expect(error.code == .unmetExpectation)
        let parts = error.message.split(separator: "; ").map(String.init)
        try #require(parts.count == 6)
        #expect(parts[0].hasPrefix("activity Charge was expected to be run 3 times (AloftTestingTests/Expectation"))
        #expect(parts[0].hasSuffix("and was run 2 times"))
        #expect(parts[1].hasPrefix("activity Charge was expected to be run never"))
        #expect(parts[2].hasPrefix("activity Charge was expected to be run once with an input that meets its condition"))
        #expect(parts[2].hasSuffix("and was run never, with other inputs 2 more"))
        #expect(parts[3].hasPrefix("activity double was expected to be run at least 2 times"))
        #expect(parts[4].hasPrefix("workflow Shipping was expected to be started once"))
        #expect(parts[5] == "instance s ended: completed")
    }

    @Test("Retries count")
    func retries() async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self, results: .failure(Busy()), .success(Receipt(amount: 1)))
        tester.expect(Charge.self, times: 2)
        _ = try await tester.run(Purchase.self, Order())
    }

    @Test("A run that fails tells what was expected and how it ended")
    func failing() async throws {
        let tester = WorkflowTester()
        tester.mock(Charge.self) { (_: Order) in throw PermanentError(Declined()) }
        tester.expect(Charge.self, times: 2)
        let error = try await #require(throws: TesterError.self) { try await tester.run(Purchase.self, Order()) }
        #expect(error.message.contains("was run once; instance Purchase-1 ended: failed, Declined"))
    }

    @Test("They can be checked in between")
    func inBetween() async throws {
        let tester = tester()
        tester.expect(Charge.self)
        try await tester.start(Fulfilment.self, Order())
        try await tester.advance(by: .seconds(10))
        #expect(throws: TesterError.self) { try tester.checkExpectations() }
        try tester.checkExpectations()
    }
}
