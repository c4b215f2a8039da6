import Aloft

/// Instances of every kind, so that each page has something to show.
struct Scenes: Sendable {
    let client: WorkflowClient

    private static let names = ["ada", "grace", "edsger", "barbara", "tony", "leslie", "frances", "ken"]
    private static let goods = [
        Item(sku: "LMP-02", name: "Lamp", quantity: 1, cents: 4_900),
        Item(sku: "BLB-11", name: "Bulb", quantity: 4, cents: 290),
        Item(sku: "DSK-70", name: "Desk", quantity: 1, cents: 38_900),
        Item(sku: "CHR-31", name: "Chair", quantity: 2, cents: 15_900),
    ]

    func setUp() async throws {
        for number in 1...24 { try await order(1000 + number, card: number % 5 == 0 ? "shaky" : "4242") }
        try await order(1031, card: "empty")
        try await order(1032, card: "stolen")
        try await order(1033, card: "stolen")
        try await order(1040, card: "4242", isDear: true)
        try await order(1041, card: "4242", isDear: true)
        try await start(CatalogueImport.self, 2_400, "catalogue-import-7")
        try await start(NightlyReport.self, ["north", "south", "east", "west", "overseas"], "nightly-report")
        for name in Self.names.prefix(4) { try await start(Subscription.self, name, "subscription-\(name)") }
        try await start(Payout.self, "DE02-1203", "payout-17")
        for film in 1...7 { try await start(Trailer.self, "film \(film)", "trailer-\(film)") }
        try await late()
        try await Mischief.start(client)
        try await ends()
    }

    /// A new order every second, so that something moves.
    func keepGoing() async throws {
        var number = 2_000
        while !Task.isCancelled {
            number += 1
            try await order(number, card: number % 11 == 0 ? "stolen" : number % 4 == 0 ? "shaky" : "4242")
            if number % 9 == 0 { try await start(NightlyReport.self, ["north", "south", "east"], "report-\(number)") }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func order(_ number: Int, card: String, isDear: Bool = false) async throws {
        let items = isDear ? Self.goods + Self.goods : Array(Self.goods.prefix(number % 3 + 1))
        let order = Order(
            customer: Self.names[number % Self.names.count],
            items: items,
            card: card,
            express: number % 2 == 0
        )
        let options = StartOptions(memo: ["customer": order.customer], reusePolicy: .allow)
        try await client.start(
            OrderFulfilment.self,
            order,
            id: InstanceID("order-\(number)"),
            queue: "orders",
            options: options
        )
    }

    private func start<W: Workflow>(_ type: W.Type, _ input: W.Input, _ id: InstanceID) async throws {
        try await client.start(type, input, id: id, queue: "orders", options: StartOptions(reusePolicy: .allow))
    }

    /// Those that begin later, end by time, or are of a type that nobody knows.
    private func late() async throws {
        let later = StartOptions(moment: .after(.seconds(3600)), reusePolicy: .allow)
        try await client.start(NightlyReport.self, ["north"], id: "tomorrows-report", queue: "orders", options: later)
        let short = StartOptions(executionTimeout: .seconds(1), reusePolicy: .allow)
        try await client.start(Subscription.self, "tony", id: "subscription-trial", queue: "orders", options: short)
        let unknown = WorkflowReference<String, String>("Returns")
        try await client.start(
            unknown,
            "order-1004",
            id: "return-1004",
            queue: "orders",
            options: StartOptions(reusePolicy: .allow)
        )
    }

    /// Those that are ended from outside.
    private func ends() async throws {
        try await start(Subscription.self, "leslie", "subscription-leslie")
        try await start(Subscription.self, "ken", "subscription-ken")
        try await Task.sleep(for: .seconds(1))
        try await client.handle("subscription-leslie", of: Subscription.self).cancel(
            reason: "the customer moved abroad"
        )
        try await client.handle("subscription-ken", of: Subscription.self).terminate(
            reason: "a duplicate of subscription-ada"
        )
    }
}
