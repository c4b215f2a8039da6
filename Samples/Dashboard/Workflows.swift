import Aloft

// The workflows of a small shop, each of which ends, waits or goes wrong in a way of its own.

struct Item: Codable, Sendable {
    var sku: String
    var name: String
    var quantity: Int
    var cents: Int
}

struct Order: Codable, Sendable {
    var customer: String
    var items: [Item]
    var card: String
    var express = false

    var total: Int { items.reduce(0) { $0 + $1.quantity * $1.cents } }
}

struct Approval: Codable, Sendable {
    var by: String
    var note: String?
}

struct Receipt: Codable, Sendable {
    var reservation: String
    var payment: String
    var tracking: String
    var approvedBy: String?
}

enum Shop {
    static let reserve = ActivityReference<[Item], String>("Warehouse.reserve")
    static let release = ActivityReference<String, String>("Warehouse.release")
    static let charge = ActivityReference<String, String>("Payments.charge")
    static let refund = ActivityReference<String, String>("Payments.refund")
    static let pack = ActivityReference<String, String>("Shipping.pack")
    static let label = ActivityReference<String, String>("Shipping.label")
    static let notify = ActivityReference<String, String>("Mail.send")
    static let row = ActivityReference<Int, Int>("Catalogue.importRow")
    static let render = ActivityReference<String, String>("Video.render")
    static let sum = ActivityReference<String, Int>("Reports.sum")

    /// Soon, and for long.
    static let stubborn = ActivityOptions(
        retry: RetryPolicy(
            maximumAttempts: 30,
            initialInterval: .milliseconds(300),
            backoffCoefficient: 6,
            maximumInterval: .seconds(900)
        )
    )
}

/// From reservation to parcel, with an approval for what is dear.
struct OrderFulfilment: Workflow {
    static let approval = Signal<Approval>("approval")

    func run(_ context: WorkflowContext, _ order: Order) async throws -> Receipt {
        let reservation = try await context.activity(Shop.reserve, order.items)
        do {
            var approval: Approval?
            if order.total > 50_000 {
                approval = try await context.timeout(.seconds(24 * 3600)) { try await context.receive(Self.approval) }
            }
            async let mail = context.activity(Shop.notify, "\(order.customer): we have your order")
            let payment = try await context.activity(Shop.charge, order.card, options: Shop.stubborn)
            let tracking = try await context.subWorkflow(Shipping.self, reservation)
            _ = try await mail
            return Receipt(reservation: reservation, payment: payment, tracking: tracking, approvedBy: approval?.by)
        } catch {
            _ = try await context.shielded { try await context.activity(Shop.release, reservation) }
            throw error
        }
    }
}

struct Shipping: Workflow {
    func run(_ context: WorkflowContext, _ reservation: String) async throws -> String {
        async let parcel = context.activity(Shop.pack, reservation)
        async let label = context.activity(Shop.label, reservation)
        _ = try await (parcel, label)
        try await context.sleep(for: .milliseconds(700), name: "courier comes")
        return "1Z-\(reservation)"
    }
}

/// Thousands of steps.
struct CatalogueImport: Workflow {
    func run(_ context: WorkflowContext, _ rows: Int) async throws -> Int {
        var imported = 0
        for start in stride(from: 0, to: rows, by: 25) {
            imported += try await withThrowingTaskGroup(of: Int.self) { group in
                for row in start..<min(start + 25, rows) { group.addTask { try await context.activity(Shop.row, row) } }
                return try await group.reduce(0, +)
            }
        }
        return imported
    }
}

/// Waits most of the time.
struct Subscription: Workflow {
    static let upgrade = Signal<String>("upgrade")

    func run(_ context: WorkflowContext, _ customer: String) async throws {
        _ = try await context.activity(Shop.notify, "\(customer): welcome")
        try await context.sleep(for: .seconds(30 * 24 * 3600), name: "next invoice")
    }
}

/// Asks several regions at once.
struct NightlyReport: Workflow {
    func run(_ context: WorkflowContext, _ regions: [String]) async throws -> [String: Int] {
        try await context.sleep(for: .milliseconds(400), name: "quiet hour")
        let sums = try await withThrowingTaskGroup(of: (String, Int).self) { group in
            for region in regions { group.addTask { (region, try await context.activity(Shop.sum, region)) } }
            return try await group.reduce(into: [String: Int]()) { $0[$1.0] = $1.1 }
        }
        _ = try await context.activity(Shop.notify, "reports: \(sums.count) regions")
        return sums
    }
}

/// Ends by an error with a cause.
struct Payout: Workflow {
    func run(_ context: WorkflowContext, _ account: String) async throws -> String {
        try await context.activity(
            ActivityReference<String, String>("Bank.transfer"),
            account,
            options: ActivityOptions(retry: RetryPolicy(maximumAttempts: 2, initialInterval: .milliseconds(200)))
        )
    }
}

/// Needs machines that nobody has started.
struct Trailer: Workflow {
    func run(_ context: WorkflowContext, _ film: String) async throws -> String {
        try await context.activity(Shop.render, film, options: ActivityOptions(queue: "gpu"))
    }
}

/// Returns what it is given: for payloads that mean no good.
struct Echo: Workflow {
    static let name = "Echo<b>\"&'"

    func run(_ context: WorkflowContext, _ text: String) async throws -> String { text }
}
