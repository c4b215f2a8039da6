/// Whom the death of a worker is put down to.
///
/// Nobody can tell from outside which of the things in a worker's hands ended its process. So everything that it held for the
/// first time is a suspect from then on, with one crash. Suspects are run again under trial: their worker says to the store
/// what it begins, lets few of them begin at a time (those with two crashes or more one at a time), and clears them after they
/// have run for a while. When a worker dies with suspects on trial, these are charged and the other suspects in its
/// hands are not; something fails with ``CrashError``, or is quarantined, only after three crashes *and* as the only one on
/// trial. Thus a process that dies three times condemns what killed it and not what was beside it, however long that runs.
///
/// The trial of something that crashes late gets longer with each crash, until it is alone when it does. What is met by a
/// tenth crash is given up in any case.
public enum CrashLimit {
    /// After so many crashes something fails, or is quarantined, if nothing else can have caused the last one.
    public static let deliveries = 3
    /// After so many it does in any case.
    package static let anyhow = 10
}

/// Something that was in the hands of a worker that died, and is to be run again.
public struct Suspect: Hashable, Sendable {
    public var instance: InstanceID
    public var execution: ExecutionID
    /// The activity; `nil`: the workflow task.
    public var command: CommandID?

    public init(instance: InstanceID, execution: ExecutionID, command: CommandID? = nil) {
        self.instance = instance
        self.execution = execution
        self.command = command
    }
}
