import AloftCore
import AloftEncryption
import Testing

@Suite("Encryption of payloads") struct EncryptionTests {
    private let key = EncryptionKey.random()

    @Test("hides values, each time in other bytes, and brings them back")
    func roundTrip() throws {
        let coder = PayloadCoder(codec: EncryptionCodec(key: key))
        let (one, two) = (try coder.encode("attack at dawn"), try coder.encode("attack at dawn"))
        #expect(one.encoding == "json;aes-gcm" && one.bytes != two.bytes)
        #expect(!String(decoding: one.bytes, as: UTF8.self).contains("dawn"))
        #expect(try coder.decode(String.self, from: one) == "attack at dawn")
        #expect(try coder.decode([Int].self, from: try coder.encode([Int]())) == [])
    }

    @Test("with a new key still reads what an old one encrypted")
    func rotation() throws {
        let old = try PayloadCoder(codec: EncryptionCodec(key: key)).encode(7)
        let new = EncryptionKey.random()
        let both = PayloadCoder(codec: EncryptionCodec(key: new, others: [key]))
        #expect(try both.decode(Int.self, from: old) == 7)
        let fresh = try both.encode(8)
        #expect(try PayloadCoder(codec: EncryptionCodec(key: new)).decode(Int.self, from: fresh) == 8)
        #expect(throws: PayloadError.self) {
            try PayloadCoder(codec: EncryptionCodec(key: new)).decode(Int.self, from: old)
        }
    }

    @Test("notices every byte that was changed")
    func damage() throws {
        let codec = EncryptionCodec(key: key)
        let bytes = try codec.encode(Array("secret".utf8))
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1
            #expect(throws: EncryptionError.self) { try codec.decode(damaged) }
        }
        for count in 0..<bytes.count {
            #expect(throws: EncryptionError.self) { try codec.decode(Array(bytes.prefix(count))) }
        }
    }

    @Test("takes keys as base 64 and hexadecimal, and files of them")
    func keys() throws {
        let again = try EncryptionKey(text: key.text + "\n")
        let secret = try EncryptionCodec(key: key).encode([1, 2, 3])
        #expect(try EncryptionCodec(key: again).decode(secret) == [1, 2, 3])
        let hex = String(repeating: "0a", count: 32)
        let file = "# of 2026\n\n \(hex) \n\(key.text)\n"
        let keys = try EncryptionKey.keys(ofFile: file)
        #expect(keys.count == 2)
        #expect(try EncryptionCodec(keys: keys).decode(secret) == [1, 2, 3])
        #expect(try EncryptionKey(bytes: [UInt8](repeating: 10, count: 32)).text == keys[0].text)
    }

    @Test("says what is wrong with a key and never repeats it", arguments: ["", "c2VjcmV0", "not a key!", "zz"])
    func badKeys(_ text: String) throws {
        let error = try #require(throws: EncryptionError.self) { try EncryptionKey(text: text) }
        #expect(text.isEmpty || !error.description.contains(text))
        #expect(throws: EncryptionError.self) { try EncryptionKey.keys(ofFile: "# nothing\n") }
        let line = try #require(throws: EncryptionError.self) { try EncryptionKey.keys(ofFile: "#\n\nx") }
        #expect(line.description.hasPrefix("line 3: "))
        #expect(throws: EncryptionError.self) { try EncryptionCodec(keys: []) }
    }
}
