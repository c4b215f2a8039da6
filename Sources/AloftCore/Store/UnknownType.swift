/// Said of a task whose workflow or activity the worker that took it does not know.
///
/// The store looks whether any live worker of the task's queue knows the name. Once none has for as long as `limit`, counted
/// from when that was first noticed, the activity or the instance fails with ``Failure/Kind/unknownType``, naming the
/// type, the queue and what its live workers know. Until then it waits and says so as the problem of its instance.
public struct UnknownType: Hashable, Sendable {
    /// How long the fleet may lack the type; `nil`: for ever.
    public var limit: Duration?

    public init(limit: Duration?) { self.limit = limit }
}
