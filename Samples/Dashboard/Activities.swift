import Aloft
import Foundation

struct CardDeclined: Error, Codable, CausedError, CustomStringConvertible {
    var reason: String
    var cause: (any Error)? { GatewayTimeout(host: "pay.example.net", milliseconds: 3_000) }
    var description: String { "the card was declined: \(reason)" }

    init(reason: String) { self.reason = reason }
}

struct GatewayTimeout: Error, CausedError, CustomStringConvertible {
    var host: String
    var milliseconds: Int
    var cause: (any Error)? { POSIXError(.ETIMEDOUT) }
    var description: String { "\(host) did not answer within \(milliseconds) ms" }
}

struct AccountClosed: Error, Codable, CausedError, CustomStringConvertible {
    var account: String
    var cause: (any Error)? { GatewayTimeout(host: "bank.example.net", milliseconds: 10_000) }
    var description: String { "account \(account) cannot take money any more" }
}

extension Shop {
    private static func work(_ milliseconds: ClosedRange<Int>) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: milliseconds)))
    }

    /// What the demo's workers can do. All of it takes a while and does nothing.
    @WorkerBuilder static var activities: [WorkerComponent] {
        ActivityFunction(reserve) { context, items in
            try await work(80...400)
            return "R-\(items.count)-\(context.instance.rawValue.suffix(4))"
        }
        ActivityFunction(release) { _, reservation in
            try await work(50...200)
            return reservation
        }
        ActivityFunction(charge) { context, card in
            try await work(150...600)
            if card == "stolen" { throw PermanentError(CardDeclined(reason: "reported stolen")) }
            if card == "empty" || card == "shaky" && context.attempt < 3 { throw CardDeclined(reason: "no funds") }
            return "P-\(card)"
        }
        ActivityFunction(refund) { _, payment in payment }
        ActivityFunction(pack) { _, reservation in
            try await work(300...900)
            return reservation
        }
        ActivityFunction(label) { _, reservation in
            try await work(100...300)
            return reservation
        }
        ActivityFunction(notify) { _, text in
            try await work(30...120)
            return text
        }
        ActivityFunction(row) { _, row in row % 97 == 0 ? 0 : 1 }
        ActivityFunction(sum) { _, region in
            try await work(200...1_500)
            return region.count * 1_000
        }
        ActivityFunction(ActivityReference<String, String>("Bank.transfer")) { _, account in
            try await work(50...150)
            throw AccountClosed(account: account)
        }
    }
}
