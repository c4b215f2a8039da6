public import AloftCore
internal import Crypto
internal import Foundation

/// Encrypts payloads by AES-256-GCM: the store, and whoever looks into it, sees their size and nothing else.
///
/// ```swift
/// let codec = try EncryptionCodec(keys: EncryptionKey.keys(ofFile: text))
/// let client = WorkflowClient(store: store, coder: PayloadCoder(codec: codec))
/// ```
/// Workers and clients need the same keys. To change the key, first give all of them the new one behind the old one, then let
/// them change places; drop the old one when the last instance that used it has gone.
public struct EncryptionCodec: PayloadCodec {
    public let name = "aes-gcm"
    private let current: EncryptionKey
    private let keys: [EncryptionKey]

    /// Version, and the id of the key; both are authenticated.
    private static let version: UInt8 = 1
    private static let headerSize = 5

    /// - Parameters:
    ///   - key: Encrypts, and decrypts what it encrypted.
    ///   - others: Decrypt what was encrypted by them.
    public init(key: EncryptionKey, others: [EncryptionKey] = []) {
        current = key
        keys = [key] + others
    }

    /// - Parameter keys: The first one encrypts.
    /// - Throws: ``EncryptionError`` if there are none.
    public init(keys: [EncryptionKey]) throws(EncryptionError) {
        guard let first = keys.first else { throw EncryptionError("there is no key") }
        self.init(key: first, others: Array(keys.dropFirst()))
    }

    public func encode(_ bytes: [UInt8]) throws -> [UInt8] {
        let header = [Self.version] + current.id
        let box = try AES.GCM.seal(bytes, using: current.key, authenticating: header)
        return header + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    /// - Throws: ``EncryptionError``.
    public func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.count >= Self.headerSize + 28 else {
            throw EncryptionError("these \(bytes.count) bytes are no encrypted payload")
        }
        guard bytes[0] == Self.version else {
            throw EncryptionError("encrypted in format \(bytes[0]), this program knows \(Self.version)")
        }
        let id = bytes[1..<Self.headerSize]
        let candidates = keys.filter { $0.id.elementsEqual(id) }
        guard !candidates.isEmpty else { throw EncryptionError("encrypted with a key that is not among those given") }
        let header = Array(bytes.prefix(Self.headerSize))
        for key in candidates {
            guard let box = try? AES.GCM.SealedBox(combined: Data(bytes[Self.headerSize...])),
                let plain = try? AES.GCM.open(box, using: key.key, authenticating: header)
            else { continue }
            return Array(plain)
        }
        throw EncryptionError("the bytes were changed since they were encrypted")
    }
}
