import Aloft
import Foundation
import Synchronization

struct Order: Codable, Sendable, Equatable {
    var id = 1
    var total = 10
}

struct Receipt: Codable, Sendable, Equatable {
    var amount: Int
}

struct Approval: Codable, Sendable, Equatable {
    var by: String
}

struct Declined: Error, Codable {}
struct Busy: Error {}

struct Charge: Activity {
    func run(_ context: ActivityContext, _ order: Order) async throws -> Receipt { Receipt(amount: order.total) }
}

struct Ping: Activity {
    func run(_ context: ActivityContext) async throws -> String { "real" }
}

/// Waits for an approval for a day, then charges.
struct Fulfilment: Workflow {
    static let approval = Signal<Approval>("approval")

    func run(_ context: WorkflowContext, _ order: Order) async throws -> Receipt {
        _ = try await context.timeout(.seconds(86_400)) { try await context.receive(Self.approval) }
        return try await context.activity(Charge.self, order)
    }
}

/// Charges at once.
struct Purchase: Workflow {
    func run(_ context: WorkflowContext, _ order: Order) async throws -> Receipt {
        try await context.activity(Charge.self, order)
    }
}

/// Waits for a signal without limit.
struct Patient: Workflow {
    static let word = Signal<String>("word")

    func run(_ context: WorkflowContext) async throws -> String { try await context.receive(Self.word) }
}

/// Sleeps for so many seconds and tells how long that was.
struct Sleeper: Workflow {
    func run(_ context: WorkflowContext, _ seconds: Int) async throws -> Double {
        let before = context.now
        try await context.sleep(for: .seconds(seconds))
        return context.now.timeIntervalSince(before)
    }
}

/// Takes notes from any task.
final class Notes<Entry: Sendable>: Sendable {
    private let state = Mutex<[Entry]>([])

    var entries: [Entry] { state.withLock { $0 } }
    func add(_ entry: Entry) { state.withLock { $0.append(entry) } }
}
