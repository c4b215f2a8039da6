// As text, for messages and JSON: readable where the path is, and never ambiguous. Bytes that are no UTF-8, control
// characters and "%" itself are written as % and two hexadecimal digits.
extension BytePath: CustomStringConvertible {
    package var description: String {
        var text = ""
        var rest = bytes[...]
        while let byte = rest.first {
            if let scalar = Self.scalar(at: rest), !Self.needsEncoding(scalar) {
                text.unicodeScalars.append(scalar)
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                text += "%" + Hex.text([byte]).uppercased()
                rest = rest.dropFirst()
            }
        }
        return text
    }

    /// The path that a text made by ``description`` stands for; `nil` if it has a "%" that is not followed by two digits.
    package init?(encoded text: String) {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        self.init(bytes: bytes)
    }

    private static func scalar(at bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return scalar
    }

    private static func needsEncoding(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "%" || scalar.properties.generalCategory == .control
            || scalar.properties.generalCategory == .lineSeparator
            || scalar.properties.generalCategory == .paragraphSeparator
    }
}

extension BytePath: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let path = BytePath(encoded: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an encoded path: \(text)")
        }
        self = path
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

package enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
