// One thing: what happens when an activity throws.
import Aloft
import SampleKit

struct Unreachable: Error {}

struct Refused: Error, Codable {
    var reason: String
}

/// Fails twice before it works; refuses one customer for good.
struct Charge: Activity {
    func run(_ context: ActivityContext, _ customer: String) async throws -> String {
        print("attempt \(context.attempt) to charge \(customer)")
        // Another attempt would not help: there is none.
        if customer == "Mallory" { throw PermanentError(Refused(reason: "card stolen")) }
        // Every other error is tried again by the policy of the caller.
        guard context.attempt > 2 else { throw Unreachable() }
        return "\(customer) was charged"
    }
}

struct Billing: Workflow {
    func run(_ context: WorkflowContext, _ customer: String) async throws -> String {
        // The waits are kept in Redis, and go on while no worker runs.
        let retry = RetryPolicy(maximumAttempts: 5, initialInterval: .milliseconds(100), backoffCoefficient: 2)
        do {
            return try await context.activity(Charge.self, customer, options: ActivityOptions(retry: retry))
        } catch let error as ActivityError {
            // The last error arrives with its type, and whole if it is Codable.
            guard let refused = error.details(Refused.self) else { throw error }
            return "\(customer) was refused: \(refused.reason)"
        }
    }
}

@main struct ErrorsAndRetries {
    static func main() async throws {
        try await withAloft {
            Billing.self
            Charge()
        } body: { client in
            for customer in ["Alice", "Mallory"] {
                print(try await client.start(Billing.self, customer, queue: "samples").result())
            }
        }
    }
}
