import Aloft
import AloftTesting
import Testing

@testable import Orders

/// An order that is cancelled, at each of its steps.
@Suite struct OrderCancellationTests {
    let shop = Shop()

    @Test func beforeItsCodeRuns() async throws {
        let order = try await shop.tester.start(Fulfilment.self, shop.order, id: "order-1")
        try await shop.tester.cancel()
        let error = try #require(await #expect(throws: WorkflowError.self) { try await order.result() })
        #expect(error.status == .cancelled)
        #expect(await shop.ledger.entries == [])
    }

    /// The activity ends, its outcome is known, and is undone.
    @Test func whileItIsReserved() async throws {
        shop.tester.mock(Warehouse.References.reserve, takes: .seconds(60)) { "reservation of \($0.for)" }
        shop.cancel(after: .seconds(30))
        #expect(try await shop.fail().status == .cancelled)
        #expect(await shop.ledger.entries == ["released reservation of order-1"])
        #expect(shop.tester.elapsed == .seconds(60))
    }

    @Test func whileItWaitsForApproval() async throws {
        shop.cancel(after: .seconds(3600))
        shop.tester.expect(Payments.References.charge, times: .never)
        let error = try await shop.fail()
        #expect(error.status == .cancelled)
        #expect(error.message.contains("changed their mind"))
        #expect(await shop.ledger.entries == ["reserved lamp, bulb", "released reservation of order-1"])
        #expect(shop.tester.elapsed == .seconds(3600))
    }

    @Test func whileItIsPaid() async throws {
        shop.approve()
        shop.cancel(after: .seconds(30))
        shop.tester.mock(Payments.References.charge, takes: .seconds(60)) { Payment(id: "1", amount: $0.amount) }
        shop.tester.expect(Shipping.self, times: .never)
        #expect(try await shop.fail().status == .cancelled)
        #expect(
            await shop.ledger.entries == [
                "reserved lamp, bulb", "refunded 4900 cents", "released reservation of order-1",
            ]
        )
    }

    /// The sub-workflow is cancelled with it and cleans up first.
    @Test func whileItIsPacked() async throws {
        shop.approve()
        shop.cancel(after: .seconds(30))
        shop.tester.mock(Warehouse.References.pack, takes: .seconds(60)) { (_: String) in "parcel" }
        shop.tester.expect(Warehouse.References.handOver, times: .never)
        #expect(try await shop.fail().status == .cancelled)
        let shipping = try #require(shop.tester.instances(of: Shipping.self).first)
        #expect(try await shop.tester.state(of: shipping).status == .cancelled)
        #expect(
            await shop.ledger.entries == [
                "reserved lamp, bulb", "charged 4900 cents to card 4242", "unpacked parcel", "refunded 4900 cents",
                "released reservation of order-1",
            ]
        )
    }

    /// The carrier has it: too late.
    @Test func whileItIsHandedOver() async throws {
        shop.approve()
        shop.cancel(after: .seconds(30))
        shop.tester.mock(Warehouse.References.handOver, takes: .seconds(60)) { (_: String) in "tracking number" }
        shop.tester.expect(Payments.References.refund, times: .never)
        let receipt = try await shop.tester.run(Fulfilment.self, shop.order, id: "order-1")
        #expect(receipt.tracking == "tracking number")
        #expect(try await shop.tester.state().status == .completed)
    }

    /// What is being undone goes on.
    @Test func whileItIsUndone() async throws {
        shop.tester.mock(Warehouse.References.release, takes: .seconds(60)) { (_: String) in }
        shop.tester.expect(Warehouse.References.release, times: .once)
        shop.cancel(after: .seconds(24 * 3600 + 30))
        #expect(try await shop.fail().failure.kind == .timeout)
        #expect(shop.tester.elapsed == .seconds(24 * 3600 + 60))
    }
}
