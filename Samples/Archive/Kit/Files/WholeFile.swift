private import Foundation

/// Small files that are read and written as a whole. Blocks.
package enum WholeFile {
    package static func read(_ path: BytePath) throws(SystemError) -> [UInt8] {
        let file = try OpenFile(reading: path)
        var bytes = [UInt8](repeating: 0, count: try file.identity().size + 1)
        var count = 0
        while true {
            let read = try file.read(into: &bytes, from: count)
            guard read > 0 else { break }
            count += read
            if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: count)) }
        }
        return Array(bytes.prefix(count))
    }

    /// Writes a file under another name and gives it its own when it is whole.
    ///
    /// - Parameter temporary: In an existing folder of the same file system.
    package static func write(
        _ bytes: [UInt8],
        to path: BytePath,
        temporary: BytePath
    ) throws(SystemError) {
        do throws(SystemError) {
            let file = try OpenFile(creating: temporary)
            try file.write(bytes)
            try FileSystem.move(temporary, to: path)
        } catch {
            try? FileSystem.removeFile(temporary)
            throw error
        }
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from path: BytePath) throws -> Value {
        let bytes = try read(path)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw MalformedFile(path: path, underlying: "\(error)")
        }
    }

    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }
}

/// A file of ours that does not hold what it should.
package struct MalformedFile: Error, CustomStringConvertible {
    package let path: BytePath
    package let underlying: String

    package var description: String { "\(path) does not hold what it should: \(underlying)" }
}
