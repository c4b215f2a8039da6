import AloftCore
import AloftInsight
import Synchronization

/// What the page of an instance has read, for as long as it is kept up to date: a history may be large, and most of the time nothing
/// has been added to it since the last look.
final class PageMemory: Sendable {
    struct Reading: Sendable {
        /// What was true when it was read. While it is, the rest is not read again.
        var state: InstanceState
        var pending: PendingActivityPage?
        var moment: Timestamp
        var report: InstanceReport
        var history: HistoryModel
        var ancestors: [InstanceView]
        var children: [FamilyTree.Node]
    }

    /// What a reading tells of others, of sub-workflows above all, and how long things have taken by now, is not older than this.
    private static let longest = Duration.seconds(10)

    private let last = Mutex<Reading?>(nil)

    /// The last reading, if nothing has changed since.
    func reading(_ state: InstanceState, _ pending: PendingActivityPage?, at now: Timestamp) -> Reading? {
        last.withLock { last in
            guard let reading = last, reading.state == state, reading.pending == pending else { return nil }
            return now - reading.moment < Self.longest ? reading : nil
        }
    }

    func keep(_ reading: Reading) { last.withLock { $0 = reading } }
}
