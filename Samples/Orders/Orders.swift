import Aloft
import SampleKit

/// Runs one order for each way in which it can end, and tells what happened in the world meanwhile.
@main struct Orders {
    static func main() async throws {
        let ledger = Ledger { print("    \($0)") }
        try await withAloft {
            Fulfilment.self
            Shipping.self
            Warehouse(ledger: ledger)
            Payments(ledger: ledger)
        } body: { client in
            for outcome in Outcome.allCases { try await outcome.show(client) }
        }
    }
}
