/// The one line that a run prints.
package struct ChaosReport: Hashable, Sendable {
    package var seed: UInt64
    package var verdict: Verdict
    package var workerKills: Int
    package var redisKills: Int
    package var auditFindings: Int
    /// How long there was load and there were faults.
    package var seconds: Int

    package init(
        seed: UInt64,
        verdict: Verdict,
        workerKills: Int,
        redisKills: Int,
        auditFindings: Int,
        seconds: Int
    ) {
        self.seed = seed
        self.verdict = verdict
        self.workerKills = workerKills
        self.redisKills = redisKills
        self.auditFindings = auditFindings
        self.seconds = seconds
    }

    /// Whether nothing is to be complained about.
    package var isGood: Bool {
        verdict.lost == 0 && verdict.wrong == 0 && verdict.duplicatedOutcomes == 0 && auditFindings == 0
    }

    /// A JSON object, its members in this order.
    package var line: String {
        let members: [(String, Int)] = [
            ("started", verdict.started), ("finished", verdict.finished), ("lost", verdict.lost),
            ("wrong", verdict.wrong), ("duplicated_outcomes", verdict.duplicatedOutcomes),
            ("activity_reruns", verdict.activityReruns), ("worker_kills", workerKills), ("redis_kills", redisKills),
            ("audit_findings", auditFindings), ("seconds", seconds),
        ]
        return "{\"seed\":\(seed)," + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }
}
