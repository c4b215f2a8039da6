package import Aloft

/// What an instance is to do. All workflows take one and return a number, which can be told from the job alone.
package struct Job: Codable, Hashable, Sendable {
    /// A kind of work; each is a workflow of its own, except where it is about how an instance is started or ended.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        /// Activities one after the other.
        case chain
        /// Activities at the same time, on another queue.
        case fanOut
        /// Timers, and races that a timer wins or loses; begins a moment after its start.
        case naps
        /// Signals with ids, in order.
        case listener
        /// The same, started by its first signal.
        case mailbox
        /// Sub-workflows at the same time, one of which fails.
        case family
        /// An activity and a signal per execution, then it continues as new.
        case relay
        /// A sub-workflow and its parent that signal each other.
        case pair
        /// Steps that are undone when the instance is cancelled, as it will be.
        case saga
        /// An activity whose first attempts run into their time limit.
        case impatient
        /// Waits until its execution timeout.
        case overdue
        /// Waits until it is terminated.
        case doomed
        /// A child of a family that fails after an activity.
        case failing
        /// The child of a pair.
        case echo
    }

    package var kind: Kind
    /// The id of the instance; what it does in the world is named by it.
    package var id: String
    /// How many steps, children, timers or signals.
    package var size: Int
    /// What its numbers begin with.
    package var value: Int
    /// Every so manyth activity fails at first; 0: none.
    package var flakiness: Int
    /// How long its instance is kept, in milliseconds; its children are kept as long.
    package var retention: Int
    /// Where it is: the number of steps that earlier executions have done.
    package var done = 0

    package init(kind: Kind, id: String, size: Int, value: Int, flakiness: Int = 0, retention: Int = 0) {
        self.kind = kind
        self.id = id
        self.size = size
        self.value = value
        self.flakiness = flakiness
        self.retention = retention
    }

    /// The kinds that clients start.
    private static let started: [Kind] = [
        .chain, .chain, .fanOut, .fanOut, .naps, .listener, .mailbox, .family, .family, .relay, .relay, .pair, .pair,
        .saga,
        .impatient, .overdue, .doomed,
    ]

    /// The job that a client has with a number.
    package init(seed: UInt64, client: Int, number: Int) {
        var random = ChaosRandom(seed: seed, UInt64(client) + 1, UInt64(number))
        let kind = Self.started.randomElement(using: &random) ?? .chain
        self.init(
            kind: kind,
            id: "c\(client)-\(number)-\(kind.rawValue)",
            size: Int.random(in: 2...7, using: &random),
            value: Int.random(in: 0..<1_000_000, using: &random),
            flakiness: random.chance(30) ? Int.random(in: 2...4, using: &random) : 0
        )
    }

    package var instance: InstanceID { InstanceID(rawValue: id) }

    /// The name of what an activity does in the world.
    package func effect(_ step: String) -> String { "\(id)/\(step)" }

    package func effect(_ step: Int) -> String { effect("\(step)") }

    /// The value that a client sends with a signal.
    package func signal(_ number: Int) -> Int { Sum.mix(value, 1_000 + number) }

    /// Whether the attempts of a step fail at first.
    package func isFlaky(_ step: Int) -> Bool { flakiness > 0 && step % flakiness == 0 }
}

/// Numbers from numbers, so that a wrong step, a missing one and a wrong order show in the result.
package enum Sum {
    package static func mix(_ sum: Int, _ next: Int) -> Int { (sum &* 31 &+ next) & 0xfff_ffff }
}
