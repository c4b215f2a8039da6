private import Foundation

/// The one JSON of what operators see, for the command line's `--json` and for the dashboard's API.
///
/// A document is `{"version": 1, "kind": …, "data": …}`. Within a version members are only ever added. Moments are ISO 8601
/// texts in UTC with milliseconds, durations are numbers of milliseconds and end in "Milliseconds", ids are texts, and what
/// does not apply is left out.
public enum InsightJSON {
    /// Grows when something changes its meaning or goes away.
    public static let version = 1

    /// A document of this version.
    ///
    /// - Parameter isPretty: Over several lines, for people.
    public static func document(
        _ kind: String,
        _ data: some Encodable,
        isPretty: Bool = false
    ) throws -> [UInt8] {
        try encode(Document(version: version, kind: kind, data: data), isPretty: isPretty)
    }

    /// Bare JSON with sorted keys.
    public static func encode(_ value: some Encodable, isPretty: Bool = false) throws -> [UInt8] {
        Array(try (isPretty ? pretty : plain).encode(value))
    }

    /// - Throws: `DecodingError`.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) throws -> Value {
        try decoder.decode(type, from: Data(bytes))
    }

    private struct Document<Body: Encodable>: Encodable {
        let version: Int
        let kind: String
        let data: Body
    }

    private static let plain = make([.sortedKeys, .withoutEscapingSlashes])
    private static let pretty = make([.sortedKeys, .withoutEscapingSlashes, .prettyPrinted])
    private static let decoder = JSONDecoder()

    private static func make(_ formatting: JSONEncoder.OutputFormatting) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        // No number is a reason to show nothing.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity",
            negativeInfinity: "-Infinity",
            nan: "NaN"
        )
        return encoder
    }
}
