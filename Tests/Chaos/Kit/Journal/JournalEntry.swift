/// A line of a journal: what somebody has seen or done.
package enum JournalEntry: Codable, Hashable, Sendable {
    /// A client is about to start the job with this number.
    case intent(Int)
    /// The start of this job has returned.
    case acknowledged(Job)
    /// A client that awaited an instance saw it end so.
    case outcome(instance: String, Outcome)
    /// Something was done in the world.
    case effect(Effect)
    /// A client has nothing left to do.
    case finished
    /// A worker takes tasks.
    case ready
    /// A worker has ended because it was told to.
    case stopped
}

/// Something that an activity did in the world, and which activity that was.
package struct Effect: Codable, Hashable, Sendable {
    package var name: String
    /// How often its workflow had asked for it before.
    package var round: Int
    package var instance: String
    package var execution: String
    package var command: String
    package var attempt: Int

    package init(name: String, round: Int = 0, instance: String, execution: String, command: String, attempt: Int) {
        self.name = name
        self.round = round
        self.instance = instance
        self.execution = execution
        self.command = command
        self.attempt = attempt
    }
}
