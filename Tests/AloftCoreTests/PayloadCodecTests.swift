import AloftCore
import Testing

@Suite("Codecs")
struct PayloadCodecTests {
    /// Turns every bit over.
    struct Inverting: PayloadCodec {
        let name: String
        func encode(_ bytes: [UInt8]) throws -> [UInt8] { bytes.map { ~$0 } }
        func decode(_ bytes: [UInt8]) throws -> [UInt8] { bytes.map { ~$0 } }
    }

    struct Broken: PayloadCodec {
        struct NoKey: Error {}
        let name = "broken"
        func encode(_ bytes: [UInt8]) throws -> [UInt8] { throw NoKey() }
        func decode(_ bytes: [UInt8]) throws -> [UInt8] { throw NoKey() }
    }

    @Test("bytes pass through the codec, and the payload names it")
    func names() throws {
        let coder = PayloadCoder(codec: Inverting(name: "inv"))
        let payload = try coder.encode("text")
        #expect(payload.encoding == "json;inv")
        #expect(payload.bytes == Array("\"text\"".utf8).map { ~$0 })
        #expect(try coder.decode(String.self, from: payload) == "text")
    }

    @Test("nothing has no bytes, and passes by")
    func nothing() throws {
        let coder = PayloadCoder(codec: Broken())
        #expect(try coder.encode(()) == .none)
    }

    @Test("what was stored before a codec came, changed or went decodes with it among the older ones")
    func older() throws {
        let plain = PayloadCoder()
        let first = PayloadCoder(codec: Inverting(name: "inv-1"))
        let second = PayloadCoder(codec: Inverting(name: "inv-2"), olderCodecs: [Inverting(name: "inv-1")])
        let without = PayloadCoder(olderCodecs: [Inverting(name: "inv-1"), Inverting(name: "inv-2")])
        #expect(try second.decode(Int.self, from: plain.encode(1)) == 1)
        #expect(try second.decode(Int.self, from: first.encode(2)) == 2)
        #expect(try without.decode(Int.self, from: second.encode(3)) == 3)
    }

    @Test("a codec that is missing is named")
    func missing() throws {
        let payload = try PayloadCoder(codec: Inverting(name: "inv")).encode(1)
        let error = #expect(throws: PayloadError.self) { try PayloadCoder().decode(Int.self, from: payload) }
        #expect(error?.message.contains("codec \"inv\"") == true)
    }

    @Test("a codec that fails says so, with the type")
    func failing() throws {
        let broken = PayloadCoder(codec: Broken())
        #expect(throws: PayloadError.self) { try broken.encode(1) }
        let payload = Payload(bytes: [1], encoding: "json;broken")
        let error = #expect(throws: PayloadError.self) { try broken.decode(Int.self, from: payload) }
        #expect(error?.type == "Int")
        #expect(error?.message.contains("NoKey") == true)
    }
}
