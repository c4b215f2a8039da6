import NIOConcurrencyHelpers
import Synchronization

/// Where callers of any thread leave their requests for the event loop.
///
/// The first one in wakes the loop; all that come until it is awake go out in the same write.
///
/// Locks in this module are those of NIO rather than `Mutex`: the thread sanitizer of Swift 6.3 does not see through
/// `Mutex` on Linux, and would report races to everybody who uses the module.
final class ConnectionInbox: Sendable {
    private struct Content {
        var requests: [RedisRequest] = []
        var isScheduled = false
    }

    private let content = NIOLockedValueBox(Content())
    private let pending = Atomic(0)
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Sets aside room for `count` commands.
    func reserve(_ count: Int) -> Bool {
        let before = pending.add(count, ordering: .relaxed).oldValue
        guard before + count > limit else { return true }
        pending.subtract(count, ordering: .relaxed)
        return false
    }

    func release(_ count: Int) {
        pending.subtract(count, ordering: .relaxed)
    }

    /// - Returns: whether the loop has to be woken.
    func append(_ request: RedisRequest) -> Bool {
        content.withLockedValue { content in
            content.requests.append(request)
            return !exchange(&content.isScheduled, with: true)
        }
    }

    /// Takes everything out, leaving `spare` behind as the next list to be filled.
    func drain(into spare: inout [RedisRequest]) {
        content.withLockedValue { content in
            swap(&content.requests, &spare)
            content.isScheduled = false
        }
    }
}
