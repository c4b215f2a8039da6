// One thing: workflows that talk to each other.
import Aloft
import SampleKit

struct Bid: Codable, Sendable {
    var bidder: InstanceID
    var amount: Int
}

/// Waits for so many bids, then tells every bidder who made the best.
struct Auction: Workflow {
    static let bid = Signal<Bid>("bid")

    func run(_ context: WorkflowContext, _ count: Int) async throws -> Bid? {
        var bids: [Bid] = []
        while bids.count < count { bids.append(try await context.receive(Self.bid)) }
        guard let best = bids.max(by: { $0.amount < $1.amount }) else { return nil }
        for bid in bids { try await context.signal(bid.bidder, Bidder.sold, best) }
        return best
    }
}

struct Bidder: Workflow {
    static let sold = Signal<Bid>("sold")

    struct Order: Codable, Sendable {
        var auction: InstanceID
        var amount: Int
    }

    func run(_ context: WorkflowContext, _ order: Order) async throws -> String {
        do {
            // The await ends when the signal is with the other, or throws if there is nobody.
            let bid = Bid(bidder: context.instance, amount: order.amount)
            try await context.signal(order.auction, Auction.bid, bid)
        } catch let error as SignalError {
            return "found no auction: \(error.failure.message)"
        }
        let best = try await context.receive(Self.sold)
        return best.bidder == context.instance ? "bought for \(best.amount)" : "was outbid by \(best.bidder)"
    }
}

@main struct Signals {
    static func main() async throws {
        try await withAloft {
            Auction.self
            Bidder.self
        } body: { client in
            let auction = try await client.start(Auction.self, 3, queue: "samples")
            func bid(_ name: InstanceID, _ amount: Int) async throws -> InstanceHandle<String> {
                let order = Bidder.Order(auction: auction.instance, amount: amount)
                let options = StartOptions(reusePolicy: .allow)
                return try await client.start(Bidder.self, order, id: name, queue: "samples", options: options)
            }
            let bidders = [try await bid("alice", 10), try await bid("bob", 30), try await bid("carol", 20)]
            for bidder in bidders { print("\(bidder.instance) \(try await bidder.result())") }
            print("dave", try await bid("dave", 40).result())
        }
    }
}
