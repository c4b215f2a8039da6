#if Macros
public import Aloft
import Foundation
import Synchronization

struct Card: Codable, Sendable, Equatable { var number: String }
struct Receipt: Codable, Sendable, Equatable { var text: String }

/// The type of the guide: one, several and no parameters, with a default value, in every mix of effects.
@Activities
struct Payments {
    let gateway: String

    /// Takes money.
    func charge(_ card: Card, amount: Decimal, retries: Int = 3) async throws -> Receipt {
        Receipt(text: "\(gateway): \(amount) from \(card.number), \(retries) retries")
    }
    func refund(_ receipt: Receipt) { _ = describe(receipt) }
    func ping() async {}
    func balance(of card: Card, _ context: ActivityContext) throws -> Int { card.number.count + context.attempt }
    @discardableResult
    func audit(context: ActivityContext, from start: Date, in place: String? = "here") throws -> String? {
        place.map { "\($0) since \(start.timeIntervalSince1970) by \(context.name)" }
    }
    private func describe(_ receipt: Receipt) -> String { receipt.text }
    static func helper() {}
}

/// State that its runs share, behind an actor.
@Activities(prefix: "counting")
actor Counter {
    private var count = 0

    func add(_ number: Int) -> Int {
        count += number
        return count
    }
    nonisolated func isEven(number: Int) -> Bool { number.isMultiple(of: 2) }
    @ActivityName("reset-the-counter") func reset() { count = 0 }
}

/// What others see of it is public.
@Activities(prefix: "")
public final class Ledger {
    let lines = Mutex<[String]>([])

    public init() {}
    public func write(line: String, fileID: Int) throws(Full) { lines.withLock { $0.append("\(fileID) \(line)") } }
    package func page(_ number: Int?) -> [String] { lines.withLock(\.self) }
    func `repeat`(_ times: Int, self text: String) -> String { String(repeating: text, count: times) }
    @ActivityIgnored public func helper<Value>(_ value: Value) -> Value { value }

    public struct Full: Error {}
}

/// One type for each kind of value.
@Activities
struct Cache<Value: Codable & Sendable> where Value: Equatable {
    func echo(_ value: Value) -> Value { value }
    func both(_ first: Value, _ second: Value) -> [Value] { [first, second] }
}

/// Around a type, and within one.
enum Outer {
    struct Item: Codable, Sendable, Equatable { var name: String }

    @Activities
    fileprivate struct Nested {
        struct Box: Codable, Sendable {
            var items: [Item]
        }
        struct PutArguments: Codable, Sendable {}
        static let first = Item(name: "first")

        func put(_ item: Item = Self.first, into box: Box, _ other: PutArguments? = nil) -> Box {
            Box(items: box.items + [item])
        }
        func take(_ box: Self.Box) -> Item? { box.items.first }
    }
}

@MainActor @Activities
struct Screen {
    func show(_ text: String) -> String { text }
}

@MainActor protocol OnScreen {}

/// Isolated, though nothing here says so.
@Activities
struct Window: OnScreen {
    func title(_ text: String) -> String {
        MainActor.assertIsolated()
        return text
    }
}

/// Names that mean something in Swift, or in what is written.
@Activities
struct Words {
    func within(in place: Int, for: Int, `inout`: Int) -> [Int] { [place, `for`, `inout`] }
    func one(_ `in`: Int) -> Int { `in` }
    func two(_ `self`: Int, `init`: Int) -> [Int] { [`self`, `init`] }
    func places(fileID: Int, line: Int, callerFileID: Int) -> [Int] { [fileID, line, callerFileID] }
    func coding(container: Int, decoder: Int, encoder: Int, stringValue: Int) -> Int { container }
    func `default`(a: Int, b: Int) -> Int { a + b }
    func `in other words`(_ a: Int, `with a space` b: Int) -> Int { a + b }
}

/// Its access is that of the extension.
public enum Shop {}
extension Shop {
    @Activities
    public struct Shelf: Sendable {
        func count(_ item: String, of shelf: Int) -> Int { item.count + shelf }
    }
}
#endif
