/// Said of a task whose workflow or activity the worker that took it does not know.
///
/// The store looks whether any live worker that serves the task's queue, for tasks of that sort, knows the name. While none
/// does, the task waits, and the problem of its instance says so: "no worker of queue Q knows activity X". Once none has for
/// as long as `limit`, the activity or the instance fails with ``Failure/Kind/unknownType``, naming the type, the queue and
/// what its live workers know.
///
/// The time counts for a queue and a name, not for a task: it begins when a worker first meets the name, and every further
/// task of that name meets the same end. It begins anew when a live worker turns out to know the name, and when nobody has
/// met it for longer than ten of the delays after which it is tried again, 10 s at least.
public struct UnknownType: Hashable, Sendable {
    /// How long the fleet may lack the type; `nil`: for ever. Zero: it fails when it is met.
    public var limit: Duration?

    public init(limit: Duration?) { self.limit = limit }

    /// After what time in which nobody met the type its period begins anew.
    package static func gap(delay: Duration) -> Duration { max(delay * 10, .seconds(10)) }
}
