import AloftCore
import RedisClient

// Redis says that a key is of the wrong type, and not which.
extension RedisStore {
    /// How many streams are looked at.
    private static let maximumStreams = 200

    /// The same error, with the keys that somebody else has taken, if it was for these.
    ///
    /// - Parameter keys: Those that the call was given; others that it may have used are found by them.
    func named(_ error: StoreError, keys: [RedisArgument], _ subject: String) async -> StoreError {
        guard error.code == .corrupt, let redis = error.underlying as? RedisError, redis.isOfForeignKey else {
            return error
        }
        let foreign = await foreignKeys(among: keys.compactMap(\.text))
        guard !foreign.isEmpty else { return error }
        return StoreError(
            .corrupt,
            "\(subject) failed: \(foreign.joined(separator: ", ")). Something else uses our names: delete or rename what is "
                + "there, or give one of the two another prefix",
            underlying: redis
        )
    }

    private func foreignKeys(among keys: [String]) async -> [String] {
        guard let keyspace = keys.first.flatMap({ partitions.keyspace(ofStream: $0) }) else { return [] }
        var names = keys + keys.flatMap { keyspace.siblings(of: $0) } + keyspace.common
        let streams = try? await redis.send(RedisCommand("SMEMBERS", RedisArgument(keyspace.base + "queues"))).array
        for stream in (streams ?? []).prefix(Self.maximumStreams) {
            if let name = try? stream.string { names.append(keyspace.base + "q:" + name) }
        }
        var seen: Set<[UInt8]> = []
        names = names.filter { seen.insert(Array($0.utf8)).inserted }
        let commands = names.map { RedisCommand("TYPE", RedisArgument($0)) }
        guard let types = try? await redis.pipeline(commands) else { return [] }
        return zip(names, types).compactMap { name, reply in
            guard let wanted = keyspace.type(of: name), let found = try? reply.string, found != "none", found != wanted
            else { return nil }
            return "key \(name) is a \(found) and should be a \(wanted)"
        }
    }
}
