import Aloft
import Logging

struct PayOrder: Workflow {
    func run(_ context: WorkflowContext, _ order: Order) async throws -> Receipt {
        do {
            return try await context.activity(Charge.self, order)
        } catch let error as ActivityError where error.type == "CardDeclined" {
            let declined = error.details(CardDeclined.self)
            context.logger.info("declined: \(declined?.reason ?? error.message)")
            throw error
        }
    }
}

enum ErrorSnippets {
    static func outside(_ handle: InstanceHandle<Receipt>) async throws -> Receipt? {
        var receipt: Receipt?
        do {
            receipt = try await handle.result()
        } catch let error as WorkflowError {
            print(error.status, error.type, error.message)
            for cause in error.failure.causes { print("  caused by", cause.type, cause.message) }
        }
        return receipt
    }
}
