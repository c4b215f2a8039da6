internal import AloftCore
internal import Synchronization

extension MemoryStore {
    /// The earliest moment at which something happens by itself, other than that what has finished is forgotten.
    var nextDue: Timestamp? {
        contents.withLock { contents in
            contents.state.due.entries.first { if case .expiry = $0.item { false } else { true } }?.key.moment
        }
    }
}
