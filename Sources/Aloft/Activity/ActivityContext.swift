package import AloftClient
public import AloftCore
public import Foundation
public import Logging

/// What an activity may know about the attempt that it is.
public struct ActivityContext: Sendable {
    public let instance: InstanceID
    public let execution: ExecutionID
    /// The number of the activity within its execution.
    public let activity: CommandID
    /// The registered name.
    public let name: String
    /// Counted from 1.
    public let attempt: Int
    public let queue: TaskQueue
    /// When this attempt is ended by its start-to-close timeout, by cancelling its task; `nil`: never.
    public let deadline: Date?
    /// Carries the identifiers of the activity, and those of its span if it is traced.
    public var logger: Logger { voice.logger }
    private let voice: ActivityVoice

    /// The same for every attempt at this activity and for no other: hand it to services that take such a key, and an
    /// attempt that is repeated after a crash does nothing twice.
    public var idempotencyKey: String { "\(execution)/\(activity)" }

    /// Why the task of this attempt was cancelled; `nil` while it is not.
    public var cancellation: ActivityCancellation? { note.present }
    private let note: CancellationNote

    package init(
        task: ActivityTask,
        deadline: Timestamp? = nil,
        note: CancellationNote = CancellationNote(),
        logger: Logger,
        telemetry: Telemetry = .off
    ) {
        self.note = note
        instance = task.instance
        execution = task.execution
        activity = task.scheduled.command
        name = task.scheduled.name
        attempt = task.lease.attempt
        queue = task.queue
        self.deadline = deadline?.date
        voice = ActivityVoice(task: task, base: logger, telemetry: telemetry)
    }
}
