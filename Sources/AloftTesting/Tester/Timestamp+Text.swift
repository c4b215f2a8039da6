internal import AloftCore
internal import Foundation

extension Timestamp {
    /// The moment as messages show it.
    var text: String { date.formatted(.iso8601) }
}
