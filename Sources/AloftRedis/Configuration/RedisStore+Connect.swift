package import AloftCore
import Logging
package import RedisClient

extension RedisStore {
    /// The newest layout of keys and values that this code reads, and the one that it writes.
    static let format = 1

    /// - Throws: `StoreError` saying what is wrong and where; never with a password.
    func checkServer() async throws(StoreError) {
        let info = try await connect()
        if let microseconds = info.microseconds { time.observe(microseconds / 1000) }
        try Self.checkVersion(info, at: configuration.redis.address)
        try await checkEviction()
        try await checkNamespace()
    }

    private func connect() async throws(StoreError) -> ServerInfo {
        do {
            return ServerInfo(try await redis.send(RedisCommand("INFO", "server")).string)
        } catch {
            var failure = StoreError(error, while: "connecting")
            // Reading changes nothing, whatever became of it.
            if failure.code == .outcomeUnknown { failure.code = .unavailable }
            let address = configuration.redis.address
            if failure.code == .unavailable {
                failure.message =
                    "Redis cannot be reached at \(address): \((error as? RedisError)?.message ?? "\(error)")"
            } else if failure.code == .misconfigured {
                failure.message =
                    "Redis at \(address) refused the user, the password or a command; check them and the rights "
                    + "of the user: \((error as? RedisError)?.message ?? "\(error)")"
            }
            throw failure
        }
    }

    package static func checkVersion(_ info: ServerInfo, at address: RedisAddress) throws(StoreError) {
        guard let version = info.version, version >= .minimum else {
            throw StoreError(
                .misconfigured,
                "\(info.product) at \(address) has version \(info.versionText); Aloft needs Redis "
                    + "\(RedisVersion.minimum) or newer"
            )
        }
    }

    private func checkEviction() async throws(StoreError) {
        let reply: RedisValue
        do {
            reply = try await redis.send(RedisCommand("CONFIG", "GET", "maxmemory-policy"))
        } catch {
            logger.debug("cannot read maxmemory-policy, so it is not checked", metadata: ["error": "\(error)"])
            return
        }
        guard case .array(let pair) = reply, pair.count == 2, let policy = try? pair[1].string,
            policy.hasPrefix("allkeys-")
        else { return }
        let message =
            "Redis at \(configuration.redis.address) has maxmemory-policy \(policy) and may delete running instances "
            + "when its memory is full"
        guard configuration.acceptsEviction else {
            throw StoreError(.misconfigured, message + "; set it to noeviction, or acceptsEviction to true")
        }
        logger.warning("\(message)")
    }

    /// Creates the namespace, or compares what it was created with.
    func checkNamespace() async throws(StoreError) {
        let subject = "opening the namespace"
        let value = try await call(
            Scripts.namespace,
            subject,
            keys: [partitions.keyspaces[0].namespace],
            arguments: [RedisArgument(Self.format), RedisArgument(configuration.partitions)]
        )
        let reply = try Reply(value, of: subject)
        let (format, count) = (try reply.int(0), try reply.int(1))
        guard format <= Self.format else {
            throw StoreError(
                .formatTooNew,
                "the data under prefix \"\(configuration.prefix)\" has format \(format) of a newer version of Aloft; this "
                    + "one knows formats up to \(Self.format): update this program"
            )
        }
        guard count == configuration.partitions else {
            throw StoreError(
                .misconfigured,
                "the data under prefix \"\(configuration.prefix)\" is spread over \(count) partitions, but this store is "
                    + "set to \(configuration.partitions); set partitions to \(count)"
            )
        }
    }
}
