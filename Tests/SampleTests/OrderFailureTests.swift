import Aloft
import AloftTesting
import Testing

@testable import Orders

/// What fails behind the approval, and how it is undone: the last step first.
@Suite struct OrderFailureTests {
    let shop = Shop()

    init() { shop.approve() }

    @Test func aPaymentThatWorksAtTheThirdAttempt() async throws {
        let payment = Payment(id: "payment-1", amount: 4_900)
        shop.tester.mock(
            Payments.References.charge,
            results: .failure(Shop.Strike(days: 1)),
            .failure(Shop.Strike(days: 1)),
            .success(payment)
        )
        #expect(try await shop.tester.run(Fulfilment.self, shop.order, id: "order-1").payment == payment)
        #expect(shop.tester.elapsed == .seconds(3))
        let inputs = try shop.tester.inputs(of: Payments.References.charge)
        #expect(inputs.map(\.amount) == [4_900, 4_900, 4_900])
    }

    @Test func aPaymentThatNeverWorks() async throws {
        shop.tester.mock(Payments.References.charge, throws: Shop.Strike(days: 9))
        shop.tester.expect(Payments.References.charge, times: 3)
        let error = try await shop.fail()
        #expect(error.details(Shop.Strike.self) == Shop.Strike(days: 9))
        #expect(await shop.ledger.entries == ["reserved lamp, bulb", "released reservation of order-1"])
    }

    @Test func shippingFails() async throws {
        shop.tester.mock(Shipping.self, throws: Shop.Strike(days: 2))
        let error = try await shop.fail()
        #expect(error.details(Shop.Strike.self) == Shop.Strike(days: 2))
        #expect(
            await shop.ledger.entries.suffix(3) == [
                "charged 4900 cents to card 4242", "refunded 4900 cents", "released reservation of order-1",
            ]
        )
    }

    /// Each workflow cleans up behind itself, the inner one first.
    @Test func theCarrierRefuses() async throws {
        shop.tester.mock(Warehouse.References.handOver, throws: PermanentError(Shop.Strike(days: 3)))
        let error = try await shop.fail()
        #expect(error.details(Shop.Strike.self) == Shop.Strike(days: 3))
        #expect(
            await shop.ledger.entries.suffix(4) == [
                "packed reservation of order-1", "unpacked parcel of reservation of order-1", "refunded 4900 cents",
                "released reservation of order-1",
            ]
        )
    }

    @Test func aRefundThatTakesLong() async throws {
        shop.tester.mock(Shipping.self, throws: Shop.Strike(days: 2))
        shop.tester.mock(Payments.References.refund) { (context: ActivityContext, _: Payment) in
            if context.attempt < 15 { throw Shop.Strike(days: 1) }
        }
        let error = try await shop.fail()
        #expect(error.details(Shop.Strike.self) == Shop.Strike(days: 2))
        #expect(await shop.ledger.entries.last == "released reservation of order-1")
        #expect(shop.tester.elapsed > .seconds(3600))
    }

    /// What cannot be undone does not keep the rest from being undone, and is what operators hear of.
    @Test func aRefundThatFails() async throws {
        shop.tester.mock(Shipping.self, throws: Shop.Strike(days: 2))
        shop.tester.mock(Payments.References.charge) { Payment(id: "payment-1", amount: $0.amount) }
        shop.tester.mock(Payments.References.refund, throws: PermanentError(Shop.Strike(days: 4)))
        let error = try await shop.fail()
        #expect(error.details(NotUndone.self) == NotUndone(steps: ["refund of payment-1"]))
        #expect(await shop.ledger.entries.last == "released reservation of order-1")
    }
}
