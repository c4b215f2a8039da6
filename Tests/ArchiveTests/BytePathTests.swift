import ArchiveKit
import Foundation
import Testing

@Suite struct BytePathTests {
    static let odd: [[UInt8]] = [
        [], Array("plain.txt".utf8), Array("100%".utf8), Array("%41".utf8), [0xff], [0x61, 0xc3], [0xc3, 0xa9],
        [0xed, 0xa0, 0x80], Array("a\nb\r\u{1b}[1m".utf8), Array("日本/語 x".utf8), Array(1...255),
    ]

    @Test(arguments: odd)
    func textIsLossless(bytes: [UInt8]) throws {
        let path = BytePath(bytes: bytes)
        #expect(BytePath(encoded: path.description) == path)
        let json = try JSONEncoder().encode([path])
        #expect(try JSONDecoder().decode([BytePath].self, from: json) == [path])
    }

    @Test func textIsReadableAndHarmless() {
        #expect(BytePath("Größe/a b").description == "Größe/a b")
        #expect(BytePath(bytes: [0x61, 0xff, 0x0a, 0x25]).description == "a%FF%0A%25")
        #expect(BytePath(encoded: "50%") == nil)
        #expect(BytePath(encoded: "%zz") == nil)
        // Characters that look alike stay apart: é as one scalar and as two.
        #expect(BytePath(encoded: "\u{e9}") != BytePath(encoded: "e\u{301}"))
    }

    @Test func sortsByBytes() {
        let sorted = [BytePath(bytes: [0xff]), "a/b", "a.b", "B", "a"].sorted()
        #expect(sorted == ["B", "a", "a.b", "a/b", BytePath(bytes: [0xff])])
    }

    @Test func partsAndParents() {
        #expect(BytePath("/a/b").parent == "/a")
        #expect(BytePath("/a").parent == "/")
        #expect(BytePath("a").parent == "")
        #expect(BytePath("").appending("a").appending("b") == "a/b")
        #expect(BytePath("/").appending("a") == "/a")
    }

    @Test func within() {
        #expect(BytePath("/a/b").isWithin("/a"))
        #expect(BytePath("/a").isWithin("/a"))
        #expect(BytePath("/a").isWithin("/"))
        #expect(!BytePath("/ab").isWithin("/a"))
        #expect(!BytePath("/a").isWithin("/a/b"))
    }
}
