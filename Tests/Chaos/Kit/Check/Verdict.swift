/// What a checker found.
package struct Verdict: Hashable, Sendable {
    /// Instances whose start was acknowledged.
    package var started = 0
    /// Those of them that have finished, in whatever way.
    package var finished = 0
    /// Instances that are not there or have not finished, and effects that never happened.
    package private(set) var lost = 0
    /// Instances that ended otherwise than they must, or whose history contradicts itself.
    package private(set) var wrong = 0
    /// Second outcomes of what has one.
    package private(set) var duplicatedOutcomes = 0
    /// How often an activity did again what it had done.
    package var activityReruns = 0
    /// All that is not right, in words.
    package private(set) var complaints: [String] = []

    private var rejected: Set<String> = []

    package init() {}

    mutating func lose(_ complaint: String) {
        lost += 1
        complaints.append("lost: \(complaint)")
    }

    /// Counts an instance once, however much is wrong with it.
    mutating func reject(_ reasons: [String], of instance: String) {
        guard !reasons.isEmpty else { return }
        if rejected.insert(instance).inserted { wrong += 1 }
        complaints += reasons.map { "wrong: \($0)" }
    }

    mutating func duplicate(_ complaint: String) {
        duplicatedOutcomes += 1
        complaints.append("duplicated: \(complaint)")
    }
}
