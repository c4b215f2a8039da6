import Aloft
import AloftTesting
import Foundation
import Testing

@testable import Orders

/// How orders end, and what is undone when they do not end well.
@Suite struct OrdersTests {
    let shop = Shop()

    @Test func approved() async throws {
        shop.approve(after: .seconds(3600))
        let receipt = try await shop.tester.run(Fulfilment.self, shop.order, id: "order-1")
        #expect(receipt.approvedBy == "finance")
        #expect(receipt.payment.amount == 4_900)
        #expect(
            await shop.ledger.entries == [
                "reserved lamp, bulb", "charged 4900 cents to card 4242", "packed reservation of order-1",
                "handed over parcel of reservation of order-1",
            ]
        )
        #expect(shop.tester.elapsed == .seconds(3600))
    }

    @Test func nobodyApproves() async throws {
        shop.tester.expect(Payments.References.charge, times: .never)
        shop.tester.expect(Shipping.self, times: .never)
        let error = try await shop.fail()
        #expect(error.failure.kind == .timeout)
        #expect(error.status == .failed)
        #expect(await shop.ledger.entries == ["reserved lamp, bulb", "released reservation of order-1"])
        #expect(shop.tester.elapsed == .seconds(24 * 3600))
    }

    /// The limit is kept by the store: it is in the history before anybody waits for it.
    @Test func theLimitIsADurableTimer() async throws {
        let order = try await shop.tester.start(Fulfilment.self, shop.order, id: "order-1")
        try await shop.tester.advance(by: .seconds(3600))
        let timers = try await shop.tester.history().compactMap { event in
            if case .timerScheduled(let timer) = event.body { timer.due.date } else { nil }
        }
        #expect(timers == [WorkflowTester.defaultInitialTime + 24 * 3600])
        try await shop.tester.signal(Fulfilment.approval, Approval(by: "finance"))
        _ = try await order.result()
        let isCancelled = try await shop.tester.history().contains { event in
            if case .timerCancelled = event.body { true } else { false }
        }
        #expect(isCancelled, "an approved order leaves no timer behind")
    }

    @Test func approvalAtTheLastMoment() async throws {
        shop.approve(after: .seconds(24 * 3600) - .milliseconds(1))
        _ = try await shop.tester.run(Fulfilment.self, shop.order, id: "order-1")
    }

    @Test func approvalTooLate() async throws {
        shop.approve(after: .seconds(24 * 3600))
        #expect(try await shop.fail().failure.kind == .timeout)
    }

    @Test func approvalBeforeAnythingElse() async throws {
        let order = try await shop.tester.start(Fulfilment.self, shop.order, id: "order-1")
        try await shop.tester.signal(Fulfilment.approval, Approval(by: "the boss"))
        #expect(try await order.result().approvedBy == "the boss")
        #expect(shop.tester.elapsed == .zero)
    }

    @Test func cardDeclined() async throws {
        shop.approve()
        shop.order.card = "stolen"
        shop.tester.expect(Payments.References.charge, times: .once)
        shop.tester.expect(Payments.References.refund, times: .never)
        let error = try await shop.fail()
        #expect(error.details(CardDeclined.self) == CardDeclined(card: "stolen"))
        #expect(await shop.ledger.entries == ["reserved lamp, bulb", "released reservation of order-1"])
    }
}
