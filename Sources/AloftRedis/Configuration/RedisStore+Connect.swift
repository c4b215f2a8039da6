import AloftCore
import Foundation
import Logging
import RedisClient

extension RedisStore {
    /// The layout of keys and values that this code reads and writes. It goes up with every change that programs of before, or
    /// data of before, do not fit. 2: the ids of deliveries are in a sorted set.
    static let format = 2

    /// What connecting has found out.
    struct Terms {
        /// The server's clock, in milliseconds.
        var time: Int64?
        var barrier: Barrier?
        var checks: [ConnectionCheck]
    }

    /// Judges the server over a connection of its own: those of the store are made on the terms that come out.
    ///
    /// - Throws: `StoreError` saying what is wrong and where; never with a password.
    static func negotiate(_ configuration: Configuration, _ logger: Logger) async throws(StoreError) -> Terms {
        let client = RedisClient(configuration.redis, logger: logger)
        let facts: ServerFacts
        do {
            facts = try await ServerFacts.read(from: client) { Timestamp(Date()) }
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw refusal(error, at: configuration.redis.address)
        }
        let preflight = Preflight(facts, durability: configuration.durability, at: configuration.redis.address)
        try judge(preflight.findings, accepting: configuration.accepts, logger)
        return Terms(
            time: facts.time,
            barrier: preflight.barrier,
            checks: preflight.checks
        )
    }

    /// - Throws: `StoreError` with code `misconfigured`, telling everything that has to change.
    private static func judge(
        _ findings: [Preflight.Finding],
        accepting accepted: Risks,
        _ logger: Logger
    ) throws(StoreError) {
        var refusals: [String] = []
        for finding in findings {
            let isAccepted = finding.risk.map { accepted.contains($0) } ?? false
            switch (finding.weight, isAccepted) {
            case (.refusal, false): refusals.append(finding.message)
            case (.refusal, true), (.warning, false): logger.warning("\(finding.message)")
            case (.warning, true), (.note, _): logger.debug("\(finding.message)")
            }
        }
        guard refusals.isEmpty else { throw StoreError(.misconfigured, refusals.joined(separator: ". Also, ")) }
    }

    static func refusal(_ error: any Error, at address: RedisAddress) -> StoreError {
        var failure = StoreError(error, while: "connecting")
        // Reading changes nothing, whatever became of it.
        if failure.code == .outcomeUnknown { failure.code = .unavailable }
        var reason = (error as? RedisError)?.message ?? "\(error)"
        // A deadline that passed says little about why there was no connection.
        if let cause = (error as? RedisError)?.underlying as? RedisError { reason += ": \(cause.message)" }
        if failure.code == .unavailable {
            failure.message = "Redis cannot be reached at \(address): \(reason)"
        } else if failure.code == .misconfigured {
            failure.message =
                "Redis at \(address) refused the user, the password or a command; check them and the rights of the user: "
                + reason
        }
        return failure
    }

    /// Creates the namespace, or compares what it was created with.
    func checkNamespace() async throws(StoreError) {
        let subject = "opening the namespace"
        let value = try await openNamespace(subject)
        let reply = try Reply(value, of: subject)
        guard let format = try? reply.int(0), let count = try? reply.int(1) else {
            throw StoreError(
                .misconfigured,
                "the key \(partitions.keyspaces[0].base)namespace holds something that is not of Aloft: set another prefix "
                    + "than \"\(configuration.prefix)\", or another database"
            )
        }
        guard format <= Self.format else {
            throw StoreError(
                .formatTooNew,
                "the data under prefix \"\(configuration.prefix)\" has format \(format) of a newer version of Aloft; this "
                    + "one knows format \(Self.format): update this program"
            )
        }
        guard format == Self.format else {
            throw StoreError(
                .misconfigured,
                "the data under prefix \"\(configuration.prefix)\" has format \(format) of an older version of Aloft, which "
                    + "this one does not read; it knows format \(Self.format): let instances finish with that version and "
                    + "use another prefix here, or delete what is under the prefix"
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

    private func openNamespace(_ subject: String) async throws(StoreError) -> RedisValue {
        do {
            return try await call(
                Scripts.namespace,
                subject,
                keys: [partitions.keyspaces[0].namespace],
                arguments: [RedisArgument(Self.format), RedisArgument(configuration.partitions)],
                isAwaited: false
            )
        } catch {
            guard (error.underlying as? RedisError)?.serverCode == "WRONGTYPE" else { throw error }
            return .array([])
        }
    }
}
