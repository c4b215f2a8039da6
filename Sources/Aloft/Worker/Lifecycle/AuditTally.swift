package import AloftCore

/// What an audit has found so far, in a few words whatever it finds.
package struct AuditTally {
    package struct Entry {
        package var count = 0
        package var repaired = 0
        package var example = ""
    }

    /// How many findings are told apart; two steps may come upon the same. Beyond that one may be counted twice.
    package static let most = 1_000

    package private(set) var entries: [AuditFinding.Kind: Entry] = [:]
    private var seen: Set<AuditFinding> = []

    package init() {}

    package mutating func add(_ findings: [AuditFinding]) {
        for finding in findings {
            if seen.contains(finding) { continue }
            if seen.count < Self.most { seen.insert(finding) }
            var entry = entries[finding.kind, default: Entry()]
            let description = finding.description
            if entry.count == 0 || description < entry.example { entry.example = description }
            entry.count += 1
            if finding.isRepaired { entry.repaired += 1 }
            entries[finding.kind] = entry
        }
    }
}
