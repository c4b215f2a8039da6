/// What must have become of a job.
package struct Expectation: Hashable, Sendable {
    package var outcome: Outcome
    /// What its instance and all that belong to it must have done in the world, each at least once.
    package var effects: Set<String>
    /// The sub-workflows that it must have had, and theirs.
    package var descendants: [Job]
}

extension Job {
    package var expectation: Expectation {
        let steps = Set((0..<size).map { effect($0) })
        switch kind {
        case .chain: return Expectation(.completed(chainResult), steps)
        case .failing: return Expectation(.failed(Job.failure(of: id)), [effect(0)])
        case .fanOut: return Expectation(.completed(chainResult), steps)
        // Nothing fired early, and the right side won each race.
        case .naps: return Expectation(.completed(Sum.mix(value, size)))
        case .listener, .mailbox: return Expectation(.completed(signalResult), [effect("end")])
        case .relay: return Expectation(.completed(relayResult), steps)
        case .pair: return Expectation(.completed(pairResult), [effect("end")], [partner])
        case .echo: return Expectation(.completed(echoResult))
        case .family: return familyExpectation
        case .impatient: return Expectation(.completed(Sum.mix(value, 0)), [effect(0)])
        // What it had done when the cancel reached it, nobody can tell beforehand: its history does.
        case .saga: return Expectation(.cancelled)
        case .overdue: return Expectation(.timedOut)
        case .doomed: return Expectation(.terminated)
        }
    }

    /// What the error of a child that fails says.
    package static func failure(of id: String) -> String { "\(id) fails as planned" }

    private var chainResult: Int { (0..<size).reduce(value) { Sum.mix($0, $1) } }
    private var signalResult: Int { (0..<size).reduce(value) { Sum.mix($0, signal($1)) } }
    private var relayResult: Int { (0..<size).reduce(value) { Sum.mix(Sum.mix($0, $1), signal($1)) } }
    private var pairResult: Int { (0..<size).reduce(value) { Sum.mix($0, Sum.mix(signal($1), 1)) } }
    private var echoResult: Int { (0..<size).reduce(value) { Sum.mix($0, signal($1)) } }

    private var familyExpectation: Expectation {
        var sum = value
        var effects: Set<String> = []
        var descendants: [Job] = []
        for child in children {
            let expected = child.expectation
            if case .completed(let result) = expected.outcome { sum = Sum.mix(sum, result) }
            effects.formUnion(expected.effects)
            descendants.append(child)
            descendants += expected.descendants
        }
        return Expectation(.completed(sum), effects, descendants)
    }
}

extension Expectation {
    init(_ outcome: Outcome, _ effects: Set<String> = [], _ descendants: [Job] = []) {
        self.init(outcome: outcome, effects: effects, descendants: descendants)
    }
}
