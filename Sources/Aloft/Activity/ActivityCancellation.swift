private import Synchronization

/// Why the task of an activity was cancelled. More reasons may come, so a `switch` needs a `default`.
public struct ActivityCancellation: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// Its start-to-close timeout has passed. What it returns is not wanted any more.
    public static let timedOut = ActivityCancellation(description: "its start-to-close timeout has passed")
    /// The worker stops and its grace period is over. A result counts for a moment yet; an error does not: the attempt is
    /// handed back.
    public static let workerStops = ActivityCancellation(description: "the worker stops")
    /// The worker was silent for longer than its lease: another runs this activity by now, and what this one returns is not
    /// wanted any more.
    public static let leaseLost = ActivityCancellation(
        description: "the worker lost its lease; another runs the activity"
    )
}

/// Where the reason is left for an activity before its task is cancelled.
package final class CancellationNote: Sendable {
    private let reason = Mutex<ActivityCancellation?>(nil)
    private let worker: CancellationNote?

    /// - Parameter worker: What concerns all activities of a worker.
    package init(of worker: CancellationNote? = nil) { self.worker = worker }

    package var present: ActivityCancellation? { reason.withLock { $0 } ?? worker?.present }

    /// The first reason stays.
    package func leave(_ cancellation: ActivityCancellation) {
        reason.withLock { if $0 == nil { $0 = cancellation } }
    }
}
