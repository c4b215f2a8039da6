import AloftCore
import Foundation
import Testing

@Suite("Payloads")
struct PayloadCoderTests {
    struct Order: Codable, Equatable {
        struct Item: Codable, Equatable {
            var name: String
            var price: Int
        }
        var items: [Item]
        var note: String?
    }

    struct Opaque {}

    let coder = PayloadCoder()

    func payload(_ json: String) -> Payload { Payload(bytes: Array(json.utf8), encoding: .json) }

    @Test("values come back as they were")
    func roundTrip() throws {
        let order = Order(items: [.init(name: "lamp", price: 3)], note: nil)
        #expect(try coder.decode(Order.self, from: coder.encode(order)) == order)
        #expect(try coder.decode(Int.self, from: coder.encode(42)) == 42)
        #expect(try coder.decode(Int?.self, from: coder.encode(Int?.none)) == nil)
        let date = Date(timeIntervalSince1970: 1_767_225_600.123)
        let decoded = try coder.decode(Date.self, from: coder.encode(date))
        #expect(abs(decoded.timeIntervalSince(date)) < 0.001)
    }

    @Test("the same value gives the same bytes: keys are sorted")
    func deterministic() throws {
        let values = Dictionary(uniqueKeysWithValues: (0..<50).map { ("key\($0)", $0) })
        let again = Dictionary(uniqueKeysWithValues: (0..<50).reversed().map { ("key\($0)", $0) })
        #expect(try coder.encode(values) == coder.encode(again))
        let order = Order(items: [.init(name: "a/b", price: 1)], note: "n")
        let text = String(decoding: try coder.encode(order).bytes, as: UTF8.self)
        #expect(text == #"{"items":[{"name":"a/b","price":1}],"note":"n"}"#)
    }

    @Test("Void takes no bytes, and is read from anything")
    func void() throws {
        #expect(try coder.encode(()) == .none)
        try coder.decode(Void.self, from: .none)
        try coder.decode(Void.self, from: payload("17"))
    }

    @Test("what does not decode is explained with its coding path")
    func codingPath() {
        func message(_ json: String) -> String {
            do {
                _ = try coder.decode(Order.self, from: payload(json))
                return ""
            } catch {
                #expect(error.type == "Order")
                return error.message
            }
        }
        #expect(message(#"{"items":[{"name":"a","price":1},{"name":"b"}]}"#).contains(#""price" at .items[1]"#))
        #expect(message(#"{"items":[{"name":"a","price":"1"}]}"#).contains("expected Int at .items[0].price"))
        #expect(message(#"{"items":null}"#).contains("at .items"))
        #expect(message("{}").contains(#""items" at the top level"#))
        #expect(message("{").contains("does not decode"))
    }

    @Test("what does not encode is explained")
    func notEncodable() {
        #expect(throws: PayloadError(type: "Opaque", message: "is not Encodable; make it Codable")) {
            try coder.encode(Opaque())
        }
        #expect(throws: PayloadError(type: "Opaque", message: "is not Decodable; make it Codable")) {
            try coder.decode(Opaque.self, from: .none)
        }
        let error = #expect(throws: PayloadError.self) { try coder.encode([Double.nan]) }
        #expect(error?.message.contains("does not encode") == true)
    }

    @Test("an encoding that is not known is named")
    func unknownEncoding() {
        let error = #expect(throws: PayloadError.self) {
            try coder.decode(Int.self, from: Payload(bytes: [1], encoding: "cbor"))
        }
        #expect(error?.message.contains("\"cbor\"") == true)
        #expect(throws: PayloadError.self) { try coder.decode(Int.self, from: .none) }
    }

    @Test("what an older converter wrote still decodes, new values use the new one")
    func olderConverter() throws {
        let changed = PayloadCoder(converter: ReversedConverter(), older: [JSONPayloadConverter()])
        #expect(try changed.decode(Int.self, from: payload("12")) == 12)
        let new = try changed.encode(12)
        #expect(new == Payload(bytes: Array("21".utf8), encoding: "reversed"))
        #expect(try changed.decode(Int.self, from: new) == 12)
        #expect(throws: PayloadError.self) { try coder.decode(Int.self, from: new) }
    }

    private struct ReversedConverter: PayloadConverter {
        let encoding: PayloadEncoding = "reversed"
        private let json = JSONPayloadConverter()

        func encode(_ value: any Encodable) throws -> [UInt8] { try json.encode(value).reversed() }

        func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
            try json.decode(type, from: bytes.reversed())
        }
    }
}
