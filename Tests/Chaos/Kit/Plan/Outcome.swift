/// How an instance ended, as whoever awaits it sees it.
package enum Outcome: Codable, Hashable, Sendable {
    case completed(Int)
    /// With the message of what it threw.
    case failed(String)
    case cancelled
    case terminated
    case timedOut
}
