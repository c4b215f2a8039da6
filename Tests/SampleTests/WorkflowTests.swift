import Aloft
import AloftTesting
import Testing

@testable import Concurrency
@testable import ContinueAsNew
@testable import ErrorsAndRetries
@testable import Hello
@testable import Queues
@testable import Signals
@testable import shortener_worker

/// The workflows of the small samples, in virtual time.
@Suite struct WorkflowTests {
    let tester = WorkflowTester()

    @Test func hello() async throws {
        tester.register { Greet() }
        #expect(try await tester.run(Greeting.self, "Ada") == "Hello, Ada!")
    }

    /// All at once: six minutes of measuring take one.
    @Test func concurrency() async throws {
        tester.mock(Measure.self, takes: .seconds(60)) { Weather(city: $0, degrees: $0.count) }
        tester.expect(Measure.self, times: 6)
        let warmest = try await tester.run(Comparison.self, ["Nairobi", "Ouagadougou", "Quito", "Tokyo"])
        #expect(warmest == Weather(city: "Ouagadougou", degrees: 11))
        #expect(tester.elapsed == .seconds(60))
    }

    @Test func continueAsNew() async throws {
        let house = try await tester.start(Turnstile.self, .init())
        for number in 1...25 { try await tester.signal(Turnstile.visitor, "visitor \(number)") }
        try await tester.signal(Turnstile.visitor, nil)
        #expect(try await house.result() == Turnstile.Count(visitors: 25, executions: 3))
        #expect(tester.log.count { $0.kind == .workflowContinued } == 2)
    }

    @Test func retries() async throws {
        tester.register { Charge() }
        #expect(try await tester.run(Billing.self, "Alice") == "Alice was charged")
        #expect(tester.elapsed == .milliseconds(100 + 200))
        #expect(try await tester.run(Billing.self, "Mallory") == "Mallory was refused: card stolen")
        #expect(try tester.inputs(of: Charge.self) == ["Alice", "Alice", "Alice", "Mallory"])
    }

    @Test func retriesEnd() async throws {
        tester.mock(Charge.self, throws: Unreachable())
        tester.expect(Charge.self, times: 5)
        let error = await #expect(throws: WorkflowError.self) { try await tester.run(Billing.self, "Alice") }
        #expect(error?.type == "Unreachable")
    }

    @Test func queues() async throws {
        tester.register {
            Credits.self
            Render()
        }
        #expect(
            try await tester.run(Film.self, queue: "samples") == [
                "title rendered on samples", "battle rendered on gpu", "credits rendered on night",
            ]
        )
    }

    @Test func signals() async throws {
        let auction = try await tester.start(Auction.self, 2)
        let alice = try await tester.start(Bidder.self, .init(auction: auction.id, amount: 10), id: "alice")
        let bob = try await tester.start(Bidder.self, .init(auction: auction.id, amount: 20), id: "bob")
        #expect(try await auction.result()?.bidder == "bob")
        #expect(try await alice.result() == "was outbid by bob")
        #expect(try await bob.result() == "bought for 20")
        let late = try await tester.run(Bidder.self, .init(auction: auction.id, amount: 30))
        #expect(late.hasPrefix("found no auction: "))
    }

    @Test func split() async throws {
        #expect(try await tester.run(Shorten.self, "as soon as possible") == "asap")
    }
}
