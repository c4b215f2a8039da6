import ArchiveKit
import Testing

@Suite struct GzipTests {
    static let contents: [[UInt8]] = [
        [], [0], Array("hello".utf8), Array(repeating: 7, count: 700_000), noise(300_007),
    ]

    @Test(arguments: contents, [1_000_000_000, 65_536, 999])
    func roundTrip(bytes: [UInt8], piece: Int) throws {
        let compressed = try compress(bytes, piece: max(piece, bytes.count / 5_000))
        #expect(try decompress(compressed, piece: max(piece, compressed.count / 5_000)) == bytes)
    }

    @Test func sameBytesGiveTheSame() throws {
        let bytes = noise(300_000)
        #expect(try compress(bytes, piece: 1_000_000) == compress(bytes, piece: 1_000_000))
    }

    @Test func gzipItselfReadsIt() throws {
        let folder = try TemporaryFolder()
        let bytes = noise(100_000)
        let file = try folder.write(try compress(bytes, piece: 1_000), to: "x.gz")
        let (end, output) = try ShellCommand.run("gzip -dc -- \"$1\"", file)
        #expect(end == .exited(0))
        #expect(output == bytes)
    }

    @Test func damageIsFound() throws {
        let compressed = try compress(noise(50_000), piece: 50_000)
        #expect(throws: GzipError.self) { try decompress(Array(compressed.dropLast()), piece: 1_000) }
        #expect(throws: GzipError.self) { try decompress(compressed + [0], piece: 1_000) }
        #expect(throws: GzipError.self) { try decompress([], piece: 1) }
        for index in [0, compressed.count / 2, compressed.count - 6] {
            var damaged = compressed
            damaged[index] ^= 0x10
            #expect(throws: GzipError.self) { try decompress(damaged, piece: 1_000) }
        }
    }

    private func compress(_ bytes: [UInt8], piece: Int) throws -> [UInt8] {
        var output: [UInt8] = []
        var writer = try GzipWriter()
        try forEachPiece(of: bytes, piece) { try writer.write($0) { output.append(contentsOf: $0) } }
        try writer.finish { output.append(contentsOf: $0) }
        return output
    }

    private func decompress(_ bytes: [UInt8], piece: Int) throws -> [UInt8] {
        var output: [UInt8] = []
        var reader = try GzipReader()
        try forEachPiece(of: bytes, piece) { try reader.write($0) { output.append(contentsOf: $0) } }
        try reader.finish()
        return output
    }

    private func forEachPiece(of bytes: [UInt8], _ size: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                try body(UnsafeRawBufferPointer(rebasing: rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
        }
    }
}
