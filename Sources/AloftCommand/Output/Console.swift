internal import Foundation
internal import Logging

/// Writes for people and programs. Names and messages come from outside: nothing of them may steer a terminal.
enum Console {
    static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(printable(line))\n".utf8)) }

    static func complain(_ line: String) { FileHandle.standardError.write(Data("aloft: \(printable(line))\n".utf8)) }

    /// One JSON document.
    static func say(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
    }

    /// The text with control characters as `\u{1b}`.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // What turns the direction of writing can make a name look like another.
        case .format: true
        default: false
        }
    }
}

/// Warnings of the library, as lines on standard error.
struct ConsoleLogHandler: LogHandler {
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { Console.complain("\(event.level): \(event.message)") }
}
