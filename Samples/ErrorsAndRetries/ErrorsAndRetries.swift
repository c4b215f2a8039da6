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
        if customer == "Mallory" { throw PermanentError(Refused(reason: "card stolen")) }
        guard context.attempt > 2 else { throw Unreachable() }
        return "charged \(customer) at attempt \(context.attempt)"
    }
}

struct Billing: Workflow {
    func run(_ context: WorkflowContext, _ customer: String) async throws -> String {
        let options = ActivityOptions(
            retry: RetryPolicy(maximumAttempts: 5, initialInterval: .milliseconds(20), backoffCoefficient: 2)
        )
        do {
            return try await context.activity(Charge.self, customer, options: options)
        } catch let error as ActivityError where error.type == "Refused" {
            // Errors arrive with their type, and whole if they are Codable.
            return "\(customer) was refused: \(error.details(Refused.self)?.reason ?? error.message)"
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
