public import AloftCore
public import Foundation
public import Logging

/// What workflow code may do, and the only way in which it may touch anything outside itself.
///
/// Calls throw `CancellationError` in a cancelled task. Use it only from the workflow's own tasks: the one that runs it,
/// `async let` and task groups; from others every call throws.
public struct WorkflowContext: Sendable {
    package let execution: Execution

    /// The instance that runs.
    public var instance: InstanceID { execution.instance }

    /// The life of the instance that runs.
    public var executionID: ExecutionID { execution.execution }

    /// The queue of the instance.
    public var queue: TaskQueue { execution.queue }

    /// The number of events in the history so far.
    public var historyLength: Int { execution.historyLength }

    /// The time of the last event; stands still between events and is the same on every replay.
    public var now: Date { execution.now.date }

    /// A logger that is silent while the code is replayed.
    public var logger: Logger { execution.logger }
}
