#if Macros
import Aloft
import Foundation
import Testing

/// What `@Activities` makes of a type, run by a worker.
@Suite(.timeLimit(.minutes(1)))
struct CallTests {
    struct Paying: Workflow {
        func run(_ context: WorkflowContext, _ card: Card) async throws -> [String] {
            let payments = context.activities(Payments.self)
            let receipt = try await payments.charge(card, amount: 10)
            let other = try await payments.charge(card, amount: 5, retries: 1)
            try await payments.refund(receipt)
            try await payments.ping()
            let balance = try await payments.balance(of: card)
            try await payments.audit(from: Date(timeIntervalSince1970: 60))
            let nowhere = try await payments.audit(from: Date(timeIntervalSince1970: 60), in: nil)
            let here = try await payments.audit(from: Date(timeIntervalSince1970: 60))
            return [receipt.text, other.text, "\(balance)", nowhere ?? "nowhere", here ?? "nowhere"]
        }
    }

    @Test func parametersResultsDefaultsAndContext() async throws {
        let (result, activities) = try await run(Paying.self, Card(number: "1234")) {
            Payments(gateway: "bank")
        }
        #expect(
            result == [
                "bank: 10 from 1234, 3 retries", "bank: 5 from 1234, 1 retries", "5", "nowhere",
                "here since 60.0 by Payments.audit",
            ]
        )
        let names = ["charge", "charge", "refund", "ping", "balance", "audit", "audit", "audit"]
        #expect(activities.map(\.name) == names.map { "Payments.\($0)" })
        // Histories stay readable: the value itself, an object with a key for each parameter, or nothing.
        let inputs = activities.map { String(decoding: $0.input.bytes, as: UTF8.self) }
        #expect(inputs[0] == #"{"amount":10,"card":{"number":"1234"},"retries":3}"#)
        #expect(inputs[2] == #"{"text":"bank: 10 from 1234, 3 retries"}"#)
        #expect(inputs[3] == "")
        #expect(inputs[4] == #"{"number":"1234"}"#)
        #expect(inputs[6] == #"{"from":60000,"in":null}"#)
        #expect(inputs[7] == #"{"from":60000,"in":"here"}"#)
    }

    struct Others: Workflow {
        func run(_ context: WorkflowContext) async throws -> [String] {
            let counter = context.activities(Counter.self)
            let sum = try await counter.add(20)
            let total = try await counter.add(22)
            let isEven = try await counter.isEven(number: total)
            try await counter.reset()
            let ledger = context.activities(Ledger.self)
            try await ledger.write(line: "first", fileID: 1)
            let page = try await ledger.page(nil)
            let twice = try await ledger.repeat(2, self: "ab")
            let numbers = try await context.activities(Cache<Int>.self).both(1, 2)
            let text = try await context.activities(Cache<String>.self).echo("text")
            let screen = try await context.activities(Screen.self).show("shown")
            return ["\(sum) \(total) \(isEven)", page.joined(), twice, "\(numbers)", text, screen]
        }
    }

    /// An actor, a class, a generic type, one on the main actor; names by prefix, by attribute and of the method alone.
    @Test func kindsOfTypesAndNames() async throws {
        let (result, activities) = try await run(Others.self, ()) {
            Counter()
            Ledger()
            Cache<Int>()
            Cache<String>()
            Screen()
        }
        #expect(result == ["20 42 true", "1 first", "abab", "[1, 2]", "text", "shown"])
        #expect(
            activities.map(\.name) == [
                "counting.add", "counting.add", "counting.isEven", "reset-the-counter", "write", "page", "repeat",
                "Cache<Int>.both", "Cache<String>.echo", "Screen.show",
            ]
        )
        let inputs = activities.map { String(decoding: $0.input.bytes, as: UTF8.self) }
        #expect(inputs[4] == #"{"fileID":1,"line":"first"}"#)
        #expect(inputs[6] == #"{"text":"ab","times":2}"#)
    }

    struct Speaking: Workflow {
        func run(_ context: WorkflowContext) async throws -> [[Int]] {
            let words = context.activities(Words.self)
            async let within = words.within(in: 1, for: 2, `inout`: 3)
            async let one = words.one(4)
            return try await [
                within, [one], words.two(5, init: 6), words.places(fileID: 7, line: 8, callerFileID: 9),
                [words.coding(container: 10, decoder: 0, encoder: 0, stringValue: 0)], [words.default(a: 5, b: 6)],
                [words.`in other words`(5, `with a space`: 7)],
                [context.activities(Shop.Shelf.self).count("a", of: 12)],
                [context.activities(Window.self).title("windows").count],
            ]
        }
    }

    @Test func namesThatMeanSomething() async throws {
        let (result, activities) = try await run(Speaking.self, ()) {
            Words()
            Shop.Shelf()
            Window()
        }
        #expect(result == [[1, 2, 3], [4], [5, 6], [7, 8, 9], [10], [11], [12], [13], [7]])
        let inputs = activities.map { String(decoding: $0.input.bytes, as: UTF8.self) }
        #expect(inputs.contains(#"{"for":2,"in":1,"inout":3}"#))
        #expect(inputs.contains(#"{"init":6,"self":5}"#))
        #expect(inputs.contains(#"{"a":5,"with a space":7}"#))
        #expect(activities.map(\.name).contains("Words.in other words"))
    }

    /// A call that was stored before a parameter with a default value was added.
    @Test func parametersCanBeAdded() throws {
        let old = Data(#"{"card":{"number":"1"},"amount":2}"#.utf8)
        let arguments = try JSONDecoder().decode(Payments.References.ChargeArguments.self, from: old)
        #expect(arguments.retries == 3)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Payments.References.ChargeArguments.self, from: Data(#"{"amount":2}"#.utf8))
        }
    }

    /// Private, static and ignored methods are not registered.
    @Test func whatIsRegistered() {
        #expect(
            Payments(gateway: "").activityMethods.map(\.method) == [
                "charge(_:amount:retries:)", "refund(_:)", "ping()", "balance(of:_:)", "audit(context:from:in:)",
            ]
        )
        #expect(Ledger().activityMethods.map(\.method) == ["write(line:fileID:)", "page(_:)", "repeat(_:self:)"])
        #expect(Ledger().activityMethods.map(\.name) == ["write", "page", "repeat"])
    }
}
#endif
