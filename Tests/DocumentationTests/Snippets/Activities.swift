import Aloft

struct Order: Codable, Sendable {
    var total: Int
}

struct Receipt: Codable, Sendable {
    var number: Int
}

struct CardDeclined: Error, Codable {
    var reason: String
}

struct Charge: Activity {
    func run(_ context: ActivityContext, _ order: Order) async throws -> Receipt {
        if order.total < 0 { throw PermanentError(CardDeclined(reason: "nothing to pay")) }
        return Receipt(number: context.attempt)
    }
}

enum ActivitySnippets {
    static func options(_ context: WorkflowContext, _ order: Order) async throws -> Receipt {
        let patient = ActivityOptions(
            queue: "gateway",
            retry: RetryPolicy(
                maximumAttempts: 5,
                initialInterval: .seconds(1),
                backoffCoefficient: 2,
                maximumInterval: .seconds(60),
                jitter: 0.2,
                nonRetryableTypes: ["CardDeclined"]
            ),
            startToCloseTimeout: .seconds(30)
        )
        let receipt = try await context.activity(Charge.self, order, options: patient)
        return receipt
    }

    static func pending(_ handle: InstanceHandle<Receipt>) async throws {
        for activity in try await handle.pendingActivities() {
            print(activity.name, "attempt", activity.attempt, activity.position, activity.lastFailure?.message ?? "")
        }
    }
}
