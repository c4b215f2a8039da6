internal import AloftCore
internal import AloftEncryption
internal import AloftRedis
internal import Foundation

extension Settings {
    /// - Throws: ``Refusal`` or `StoreError` that says which setting does not do.
    ///
    /// - Parameter isExamining: Whether to warn of what is doubtful about Redis.
    func store(isExamining: Bool = false) throws -> RedisStore.Configuration {
        var configuration = try RedisStore.Configuration(url: self[.redisURL] ?? "redis://localhost:6379")
        configuration.prefix = self[.prefix] ?? configuration.prefix
        configuration.retention = try duration(.retention) ?? configuration.retention
        configuration.maximumPayloadBytes =
            try number(.maximumPayloadBytes, in: 1...(512 << 20)) ?? configuration.maximumPayloadBytes
        configuration.durability = try durability() ?? configuration.durability
        // To look into what a worker would refuse is the purpose.
        configuration.accepts = [.eviction, .unverifiedDurability]
        // Not with every command: workers say so, and the doctor.
        if !isExamining {
            configuration.accepts.formUnion([.weakPersistence, .missingReplicas, .littleMemory, .clockDifference])
        }
        configuration.retryDuration = .seconds(5)
        return configuration
    }

    private func durability() throws(Refusal) -> RedisStore.Durability? {
        guard let text = self[.durability] else { return nil }
        if text == "redis" { return .asRedisIs }
        if text == "fsync" { return .fsync }
        let parts = text.split(separator: ":")
        if parts.count == 2, parts[0] == "replicated", let count = Int(parts[1]), count > 0 {
            return .replicated(count)
        }
        throw complaint(.durability, "has to be redis, fsync or replicated:1, with the number of replicas")
    }

    /// How payloads are read and made: encrypted, if there is a key.
    func coder() throws -> PayloadCoder {
        guard let keys = try encryptionKeys() else { return PayloadCoder() }
        return PayloadCoder(codec: try EncryptionCodec(keys: keys))
    }

    private func encryptionKeys() throws -> [EncryptionKey]? {
        if let path = self[.encryptionKeyFile] {
            let text = try TextFile.read(path, "the file of keys")
            do {
                return try EncryptionKey.keys(ofFile: text)
            } catch {
                throw Refusal(.misconfigured, "\(path): \(error)")
            }
        }
        guard let text = self[.encryptionKey] else { return nil }
        do {
            return try text.split(separator: ",").map { text throws(EncryptionError) in try EncryptionKey(text: text) }
        } catch {
            throw complaint(.encryptionKey, "cannot be used: \(error)")
        }
    }
}

enum TextFile {
    /// - Parameter path: "-" for standard input.
    /// - Throws: ``Refusal``.
    static func read(_ path: String, _ subject: String) throws(Refusal) -> String {
        // A path may be that of a pipe, as of `<(pass show keys)`.
        let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let file, let data = try? file.readToEnd() ?? Data(), let text = String(bytes: data, encoding: .utf8)
        else {
            throw Refusal(.noInput, "\(subject) cannot be read: \(path == "-" ? "standard input" : path)")
        }
        return text
    }
}
