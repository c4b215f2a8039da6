import AloftCore
package import RedisClient

/// Judges a server before it is used. A pure value: facts go in, findings come out.
package struct Preflight {
    package struct Finding: Sendable {
        package enum Weight: Sendable {
            /// Not with this server.
            case refusal
            /// Doubtful, and no more than that.
            case warning
            /// Something could not be seen, and nothing depends on it.
            case note
        }

        package var weight: Weight
        /// Whoever accepts this gets along; `nil`: nobody does.
        package var risk: RedisStore.Risks?
        /// What there is, and what to change.
        package var message: String
    }

    let facts: ServerFacts
    let durability: RedisStore.Durability
    let place: String

    package init(_ facts: ServerFacts, durability: RedisStore.Durability, at address: RedisAddress) {
        self.facts = facts
        self.durability = durability
        self.place = "\(facts.product) at \(address)"
    }

    package var findings: [Finding] {
        [version, role, cluster, eviction, memory, clock, failedWrites, persistence].compactMap(\.self)
            + durabilityFindings
            + facts.refused.filter { $0.command != "WAITAOF" }.map { command, reason in
                Finding(
                    weight: .note,
                    message: "\(place) refused \(command), so what it tells is not checked: \(reason)"
                )
            }
    }

    private var version: Finding? {
        guard let text = facts.info["redis_version"] else { return nil }
        if let version = facts.version, version >= .minimum { return nil }
        return Finding(
            weight: .refusal,
            message: "\(place) has version \(text); Aloft needs Redis \(RedisVersion.minimum) or newer"
        )
    }

    private var role: Finding? {
        guard facts.info["role"] == "slave" else { return nil }
        let master = facts.info["master_host"].map { " of \($0):\(facts.info["master_port"] ?? "?")" } ?? ""
        return Finding(
            weight: .refusal,
            message: "\(place) is a replica\(master), which takes no writes; connect to its master"
        )
    }

    private var cluster: Finding? {
        guard facts.info["cluster_enabled"] == "1" else { return nil }
        return Finding(
            weight: .warning,
            message:
                "\(place) is a node of a Redis Cluster; a store uses the one node that it is given, which must hold every slot "
                + "of its keys, and does not follow them to another: use a single server, or one with Sentinel"
        )
    }

    private var eviction: Finding? {
        guard let policy = facts.evictionPolicy else { return nil }
        if policy.hasPrefix("allkeys-") {
            return Finding(
                weight: .refusal,
                risk: .eviction,
                message:
                    "\(place) has maxmemory-policy \(policy) and may delete running instances when its memory is full; "
                    + "set it to noeviction, or accept .eviction"
            )
        }
        guard policy.hasPrefix("volatile-") else { return nil }
        return Finding(
            weight: .warning,
            risk: .eviction,
            message:
                "\(place) has maxmemory-policy \(policy) and may delete finished instances before their retention has "
                + "passed, when its memory is full; set it to noeviction, or accept .eviction"
        )
    }

    private var memory: Finding? {
        guard let used = facts.bytes("used_memory") else { return nil }
        if let limit = facts.bytes("maxmemory") {
            guard used >= limit / 10 * 8 else { return nil }
            return Finding(
                weight: .warning,
                risk: .littleMemory,
                message:
                    "\(place) uses \(used.mebibytes) of its maxmemory of \(limit.mebibytes); when that is full, new "
                    + "instances are refused: raise maxmemory, shorten the retention, or accept .littleMemory"
            )
        }
        guard let total = facts.bytes("total_system_memory"), used >= total / 10 * 8 else { return nil }
        return Finding(
            weight: .warning,
            risk: .littleMemory,
            message:
                "\(place) has no maxmemory and uses \(used.mebibytes) of the \(total.mebibytes) of its machine, which "
                + "may kill it; set maxmemory, shorten the retention, or accept .littleMemory"
        )
    }

    private var clock: Finding? {
        guard let time = facts.time else { return nil }
        let difference = time - facts.localTime.milliseconds
        guard abs(difference) > 60_000 else { return nil }
        return Finding(
            weight: .warning,
            risk: .clockDifference,
            message:
                "the clock of \(place) is \(abs(difference) / 1000) s \(difference > 0 ? "ahead of" : "behind") the one "
                + "here; nothing depends on the one here, but dates will look odd: synchronise both, or accept "
                + ".clockDifference"
        )
    }

    private var failedWrites: Finding? {
        let fields = ["rdb_last_bgsave_status", "aof_last_bgrewrite_status", "aof_last_write_status"]
        guard let field = fields.first(where: { facts.info[$0] == "err" }) else { return nil }
        return Finding(
            weight: .warning,
            message:
                "\(place) could not write to its disk (\(field) is err) and may refuse writes; see its log and its disk"
        )
    }
}

extension Int {
    fileprivate var mebibytes: String {
        self < 10 << 20 ? "\(self >> 10) KiB" : "\(self >> 20) MiB"
    }
}
