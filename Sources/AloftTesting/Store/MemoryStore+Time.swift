public import AloftCore
private import Foundation

extension MemoryStore {
    /// The time of day: where a store's time starts if nothing else is said.
    public static var currentTime: Timestamp { Timestamp(Date()) }

    /// A moment for tests, the same in every run: 2026-01-01 00:00 UTC.
    public static let testEpoch = Timestamp(milliseconds: 1_767_225_600_000)
}
