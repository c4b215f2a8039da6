internal import Crypto
internal import Foundation

/// A key of 256 bits for ``EncryptionCodec``.
///
/// As text it is base 64 or hexadecimal, as `openssl rand -base64 32` and `openssl rand -hex 32` make it.
public struct EncryptionKey: Sendable {
    let key: SymmetricKey
    /// By which payloads name it: four bytes of a digest, which tell nothing about it.
    let id: [UInt8]

    static let size = 32

    /// - Parameter bytes: 32 bytes that nobody can guess.
    /// - Throws: ``EncryptionError``.
    public init(bytes: some Sequence<UInt8>) throws(EncryptionError) {
        let bytes = Array(bytes)
        guard bytes.count == Self.size else {
            throw EncryptionError("a key has \(Self.size) bytes, this one has \(bytes.count)")
        }
        key = SymmetricKey(data: bytes)
        id = Array(SHA256.hash(data: Data("aloft key id".utf8) + Data(bytes)).prefix(4))
    }

    /// - Parameter text: Base 64 or hexadecimal.
    /// - Throws: ``EncryptionError``, which never repeats the text.
    public init(text: some StringProtocol) throws(EncryptionError) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if let bytes = Self.hexadecimal(text) {
            try self.init(bytes: bytes)
        } else if let data = Data(base64Encoded: text) {
            try self.init(bytes: data)
        } else {
            throw EncryptionError(
                "a key is neither base 64 nor hexadecimal; make one with \"openssl rand -base64 32\""
            )
        }
    }

    /// A new key.
    public static func random() -> EncryptionKey { EncryptionKey(key: SymmetricKey(size: .bits256)) }

    /// The keys of a file: one a line, the one that encrypts first, then those that only decrypt. Lines that are empty or begin
    /// with "#" do not count.
    ///
    /// - Throws: ``EncryptionError`` with the number of the line.
    public static func keys(ofFile text: String) throws(EncryptionError) -> [EncryptionKey] {
        var keys: [EncryptionKey] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            do {
                keys.append(try EncryptionKey(text: line))
            } catch {
                throw EncryptionError("line \(index + 1): \(error)")
            }
        }
        guard !keys.isEmpty else { throw EncryptionError("there is no key in it") }
        return keys
    }

    /// As base 64, for a file of keys. Whoever has it can read everything.
    public var text: String { key.withUnsafeBytes { Data($0).base64EncodedString() } }

    private init(key: SymmetricKey) {
        self.key = key
        let bytes = key.withUnsafeBytes { Data($0) }
        id = Array(SHA256.hash(data: Data("aloft key id".utf8) + bytes).prefix(4))
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 2 * size else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}

/// Why a key cannot be used, or bytes cannot be read.
public struct EncryptionError: Error, Hashable, CustomStringConvertible {
    /// What is wrong; holds neither key nor data.
    public let description: String
    init(_ description: String) { self.description = description }
}
