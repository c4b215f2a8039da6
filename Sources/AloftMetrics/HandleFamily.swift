internal import Synchronization

/// Handles of one metric, one for each value of a label that is not known beforehand, made when first asked for. Values beyond the
/// limit share one, `other`: a label must not have any number of them.
package final class HandleFamily<Handle: Sendable>: Sendable {
    /// What stands for the values that are too many.
    package static var other: String { "other" }
    /// Longer values are cut.
    private static var longest: Int { 120 }

    private let limit: Int
    private let make: @Sendable (String) -> Handle
    private let handles = Mutex<[String: Handle]>([:])

    package init(limit: Int = 50, _ make: @escaping @Sendable (String) -> Handle) {
        self.limit = limit
        self.make = make
    }

    package subscript(_ value: String) -> Handle {
        handles.withLock { handles in
            let value = value.utf8.count <= Self.longest ? value : String(value.prefix(Self.longest))
            if let handle = handles[value] { return handle }
            let name = handles.count < limit ? value : Self.other
            if let handle = handles[name] { return handle }
            let handle = make(name)
            handles[name] = handle
            return handle
        }
    }
}
