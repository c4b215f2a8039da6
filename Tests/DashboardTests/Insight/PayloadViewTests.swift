import AloftCore
import AloftInsight
import Testing

@Suite("Payloads") struct PayloadViewTests {
    private func json(_ text: String) -> Payload { Payload(bytes: Array(text.utf8), encoding: .json) }

    @Test("that are JSON are shown as JSON")
    func plain() throws {
        let text = "{\"a\":[1,2.5,\"x\",null,true],\"n\":18446744073709551615}"
        let view = PayloadReader().view(json(text))
        #expect(view.size == text.utf8.count)
        #expect(view.base64 == nil && view.text == nil && view.note == nil)
        let expected: JSONValue = .object([
            "a": .array([.integer(1), .number(2.5), .string("x"), .null, .bool(true)]), "n": .unsigned(.max),
        ])
        #expect(view.json == expected)
        #expect(view.summary() == text)
        #expect(
            view.lines == "{\n  \"a\": [1, 2.5, \"x\", null, true],\n  \"n\": 18446744073709551615\n}"
                || view.lines.contains("\"a\": [1, 2.5")
        )
        #expect(try InsightJSON.decode(PayloadView.self, from: try InsightJSON.encode(view)) == view)
    }

    @Test("that are long are cut, and say so")
    func long() {
        let view = PayloadReader(limit: 10).view(json("\"\(String(repeating: "é", count: 50))\""))
        #expect(view.json == nil)
        #expect(view.size == 102)
        #expect(view.text?.hasPrefix("\"éééé") == true)
        #expect(view.note == "the first 10 of 102 bytes")
    }

    @Test("that are no JSON are shown in base 64")
    func binary() {
        let view = PayloadReader(limit: 3).view(Payload(bytes: [0, 255, 16, 1], encoding: "protobuf"))
        #expect(view.base64 == "AP8Q")
        #expect(view.mediaType == "application/octet-stream")
        #expect(view.note == "the first 3 of 4 bytes")
        #expect(PayloadReader().view(Payload(bytes: [0xff], encoding: .json)).base64 == "/w==")
        #expect(PayloadReader().view(json("{broken")).text == "{broken")
    }

    @Test("of functions without a value are empty")
    func none() {
        let view = PayloadReader().view(.none)
        #expect(view.isEmpty)
        #expect(view.lines.isEmpty && view.summary().isEmpty)
    }

    private struct Flip: PayloadCodec {
        let name = "flip"
        func encode(_ bytes: [UInt8]) -> [UInt8] { bytes.map { ~$0 } }
        func decode(_ bytes: [UInt8]) -> [UInt8] { bytes.map { ~$0 } }
    }

    @Test("behind a codec are readable to those who have it, and to nobody else")
    func codec() throws {
        let coder = PayloadCoder(codec: Flip())
        let payload = try coder.encode(["secret": 7])
        #expect(PayloadReader(coder: coder).view(payload).json == .object(["secret": .integer(7)]))
        let view = PayloadReader(coder: PayloadCoder()).view(payload)
        #expect(view.json == nil)
        #expect(view.base64 != nil)
        #expect(view.note?.contains("codec") == true)
        #expect(view.encoding == "json;flip" && view.codec == "flip" && view.problem == nil)
        let whole = try coder.encode(String(repeating: "a", count: 90))
        let cut = PayloadReader(limit: 10, coder: coder).view(whole)
        #expect(cut.text == "\"aaaaaaaaa" && cut.note == "the first 10 of 92 bytes" && cut.base64 == nil)
    }

    private struct Locked: PayloadCodec {
        struct WrongKey: Error {}
        let name = "flip"
        func encode(_ bytes: [UInt8]) -> [UInt8] { bytes }
        func decode(_ bytes: [UInt8]) throws -> [UInt8] { throw WrongKey() }
    }

    @Test("behind a codec that lacks the key say so")
    func wrongKey() throws {
        let payload = try PayloadCoder(codec: Flip()).encode(7)
        let view = PayloadReader(coder: PayloadCoder(codec: Locked())).view(payload)
        #expect(view.json == nil && view.problem == "the codec \"flip\" cannot read it: WrongKey()")
    }

    @Test("with control characters and other directions of reading are shown, not obeyed")
    func hostile() {
        let view = PayloadReader().view(json("\"\u{202e}<script>\\u001b\""))
        #expect(view.lines == "\"\\u{202E}<script>\\u001b\"" || view.lines == "\"\\u{202E}<script>\\u001B\"")
    }

    @Test("that nest without end are text")
    func deep() {
        let text = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        let view = PayloadReader().view(json(text))
        #expect(view.json == nil)
        #expect(view.text == text)
    }
}
