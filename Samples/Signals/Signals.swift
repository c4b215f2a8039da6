// One thing: workflows that talk to each other.
import Aloft
import SampleKit

struct Bid: Codable, Sendable {
    var bidder: InstanceID
    var amount: Int
}

struct Auction: Workflow {
    static let bid = Signal<Bid>("bid")

    func run(_ context: WorkflowContext, _ bidders: Int) async throws -> Bid {
        var best = Bid(bidder: context.instance, amount: 0)
        for _ in 0..<bidders {
            let bid = try await context.receive(Self.bid)
            if bid.amount > best.amount { best = bid }
        }
        try await context.signal(best.bidder, Bidder.sold, best.amount)
        return best
    }
}

struct Bidder: Workflow {
    static let sold = Signal<Int>("sold")

    func run(_ context: WorkflowContext, _ amount: Int) async throws -> String {
        // The await ends when the signal is in the other's inbox, or throws if there is nobody.
        try await context.signal("auction", Auction.bid, Bid(bidder: context.instance, amount: amount))
        do {
            let price = try await context.timeout(.seconds(1)) { try await context.receive(Self.sold) }
            return "bought for \(price)"
        } catch is TimeoutError {
            return "went home"
        }
    }
}

@main struct Signals {
    static func main() async throws {
        try await withAloft {
            Auction.self
            Bidder.self
        } body: { client in
            let auction = try await client.start(Auction.self, 3, id: "auction", queue: "samples")
            let amounts = [("alice", 10), ("bob", 30), ("carol", 20)]
            for (name, amount) in amounts {
                try await client.start(Bidder.self, amount, id: InstanceID(name), queue: "samples")
            }
            print("\(try await auction.result().bidder) won")
            for (name, _) in amounts {
                print("\(name) \(try await client.handle(InstanceID(name), of: Bidder.self).result())")
            }
        }
    }
}
