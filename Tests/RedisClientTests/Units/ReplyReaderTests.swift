import RedisClient
import Testing

@Suite struct ReplyReaderTests {
    private static let stream =
        "+OK\r\n:-42\r\n$5\r\nhe\r\no\r\n$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n-WRONGTYPE no\r\n"
        + "*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n-ERR in array\r\n"

    private static let values: [RedisValue] = [
        .simple("OK"), .integer(-42), .bulk(Array("he\r\no".utf8)), .null, .null, .array([]), .bulk([]),
        .error(RedisServerError(message: "WRONGTYPE no")),
        .array([
            .integer(1), .array([.bulk([0x61]), .array([])]), .error(RedisServerError(message: "ERR in array")),
        ]),
    ]

    private func read(_ pieces: [ArraySlice<UInt8>], maximumBytes: Int = 1 << 20) throws -> [RedisValue] {
        let reader = ReplyReader(maximumBytes: maximumBytes)
        var values: [RedisValue] = []
        for piece in pieces {
            try piece.withUnsafeBytes { try reader.feed($0) }
            while let value = try reader.next() { values.append(value) }
        }
        return values
    }

    @Test func allAtOnce() throws {
        #expect(try read([Array(Self.stream.utf8)[...]]) == Self.values)
    }

    @Test func byteByByte() throws {
        let bytes = Array(Self.stream.utf8)
        #expect(try read(bytes.indices.map { bytes[$0...$0] }) == Self.values)
    }

    @Test func cutAtEveryByte() throws {
        let bytes = Array(Self.stream.utf8)
        for cut in bytes.indices {
            #expect(try read([bytes[..<cut], bytes[cut...]]) == Self.values)
        }
    }

    @Test(arguments: ["GARBAGE\r\n", "$x\r\n", "*-5\r\n", "$-7\r\n", ":12a\r\n", "\0\0\0\0", "HTTP/1.1 400 Bad\r\n"])
    func garbage(text: String) throws {
        let error = try #require(throws: RedisError.self) { try read([Array(text.utf8)[...]]) }
        #expect(error.code == .protocolViolation)
    }

    @Test func nesting() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "*1\r\n", count: depth) + ":1\r\n").utf8)
        }
        #expect(try read([nested(7)[...]]).count == 1)
        let error = try #require(throws: RedisError.self) { try read([nested(8)[...]]) }
        #expect(error.code == .protocolViolation)
    }

    @Test func oversizeIsRefusedByItsHeader() throws {
        for text in ["$1001\r\n", "*2\r\n$600\r\n\(String(repeating: "x", count: 600))\r\n$600\r\n"] {
            let error = try #require(throws: RedisError.self) {
                try read([Array(text.utf8)[...]], maximumBytes: 1_000)
            }
            #expect(error.code == .replyTooLarge)
        }
        let exact = Array("$1000\r\n\(String(repeating: "x", count: 1_000))\r\n".utf8)
        #expect(try read([exact[...]], maximumBytes: 1_000).count == 1)
    }

    @Test func endlessThingsAreRefused() throws {
        let line = [UInt8](repeating: UInt8(ascii: "+"), count: (1 << 20) + 10)
        #expect(throws: RedisError.self) { try read([line[...]], maximumBytes: 1 << 24) }
        let many = Array(("*2000000000\r\n" + String(repeating: ":1\r\n", count: 2_000)).utf8)
        let error = try #require(throws: RedisError.self) { try read([many[...]], maximumBytes: 10_000) }
        #expect(error.code == .replyTooLarge)
    }

    @Test func accessors() throws {
        #expect(try RedisValue.integer(3).int == 3)
        #expect(try RedisValue.bulk(Array("42".utf8)).int == 42)
        #expect(try RedisValue.simple("OK").string == "OK")
        #expect(try RedisValue.bulk([1, 2]).bytes == [1, 2])
        #expect(try RedisValue.array([.null]).array == [.null])
        #expect(RedisValue.null.isNull && RedisValue.null.nonNull == nil)
        let wrong = try #require(throws: RedisError.self) { try RedisValue.array([.null]).int }
        #expect(wrong.code == .unexpectedReply)
        #expect(wrong.message == "expected an integer, the server sent an array of 1")
        let server = try #require(throws: RedisError.self) {
            try RedisValue.error(RedisServerError(message: "OOM command not allowed")).string
        }
        #expect(server.code == .server && server.serverCode == "OOM")
    }
}
