package import RedisClient

extension Preflight {
    /// What follows every flush so that `durability` holds; `nil` if nothing has to.
    package var barrier: Barrier? {
        switch durability.level {
        case .asRedisIs: nil
        case .replicated(let count): .replicas(count)
        case .fsync: facts.hasWaitAOF && Self.problem(withLog: facts.settings) != nil ? .disk : nil
        }
    }

    /// What every later connection has to prove, too, since nothing else would tell.
    package var checks: [ConnectionCheck] {
        guard durability == .fsync, barrier == nil, Self.problem(withLog: facts.settings) == nil else { return [] }
        let check = ConnectionCheck(RedisCommand("CONFIG", "GET", "*append*")) { reply in
            Self.problem(withLog: ServerFacts.pairs(of: reply)).map {
                "the server does not keep Durability.fsync: \($0)"
            }
        }
        return [check]
    }

    /// Why a server does not have each write on disk before it answers, given its settings.
    static func problem(withLog settings: [String: String]) -> String? {
        guard let log = settings["appendonly"], let policy = settings["appendfsync"] else {
            return "CONFIG GET does not show appendonly and appendfsync"
        }
        if log != "yes" { return "appendonly is \(log)" }
        if policy != "always" { return "appendfsync is \(policy)" }
        if settings["no-appendfsync-on-rewrite"] == "yes" { return "no-appendfsync-on-rewrite is yes" }
        return nil
    }

    var durabilityFindings: [Finding] {
        switch durability.level {
        case .asRedisIs: []
        case .fsync: [disk].compactMap(\.self)
        case .replicated(let count): [replicas(count)].compactMap(\.self)
        }
    }

    private var disk: Finding? {
        guard let problem = Self.problem(withLog: facts.settings) else { return nil }
        let advice =
            "set appendonly yes, appendfsync always and no-appendfsync-on-rewrite no, or ask for less than Durability.fsync"
        if facts.keepsLog == false {
            return Finding(
                weight: .refusal,
                message: "\(place) has no append-only file, so nothing is on disk when it answers; \(advice)"
            )
        }
        guard let policy = facts.settings["appendfsync"], facts.keepsLog == true else {
            return Finding(
                weight: .refusal,
                risk: .unverifiedDurability,
                message:
                    "\(place) does not show whether each write is on disk when it answers (\(problem)); allow this user "
                    + "CONFIG GET, or accept .unverifiedDurability"
            )
        }
        guard facts.hasWaitAOF, policy != "no" else {
            let newer = facts.hasWaitAOF ? "" : " (\(facts.product) 7.2 and newer can wait for it; this one cannot)"
            return Finding(
                weight: .refusal,
                message: "on \(place) \(problem), so a write is not on disk when it answers\(newer); \(advice)"
            )
        }
        guard policy != "always" else { return nil }
        return Finding(
            weight: .warning,
            message: "on \(place) \(problem), so every step waits up to a second for the disk; set appendfsync always"
        )
    }

    private func replicas(_ count: Int) -> Finding? {
        guard let present = facts.replicas else {
            return Finding(
                weight: .refusal,
                risk: .unverifiedDurability,
                message:
                    "\(place) does not show its replicas, and \(durability) asks for \(count); allow this user INFO, or "
                    + "accept .unverifiedDurability"
            )
        }
        guard present < count else { return nil }
        return Finding(
            weight: .refusal,
            risk: .missingReplicas,
            message:
                "\(place) has \(present) connected \(present == 1 ? "replica" : "replicas"), and \(durability) asks for "
                + "\(count); connect more, ask for fewer, or accept .missingReplicas"
        )
    }

    var persistence: Finding? {
        guard facts.keepsLog == false, durability != .fsync else { return nil }
        if facts.keepsSnapshots == false {
            // A master that comes back empty before anybody notices makes its replicas empty, too.
            let isReplicated = durability != .asRedisIs
            return Finding(
                weight: isReplicated ? .refusal : .warning,
                risk: .weakPersistence,
                message: "\(place) keeps nothing on disk: a restart loses every instance"
                    + (isReplicated ? ", and then its replicas lose them, too" : "")
                    + "; set appendonly yes, or accept .weakPersistence"
            )
        }
        guard facts.keepsSnapshots == true else { return nil }
        return Finding(
            weight: .warning,
            risk: .weakPersistence,
            message:
                "\(place) keeps snapshots only: a restart loses what is newer than the last one; set appendonly yes, or "
                + "accept .weakPersistence"
        )
    }
}
