internal import Crypto
internal import Foundation
import Synchronization

/// The browsers that have logged in, and what their forms carry so that no other site can send them.
final class Sessions: Sendable {
    private struct Session {
        var identity: Identity
        var endsAt: ContinuousClock.Instant
    }

    private static let most = 10_000

    private let duration: Duration
    private let key = SymmetricKey(size: .bits256)
    private let sessions = Mutex<[String: Session]>([:])

    init(duration: Duration) { self.duration = duration }

    /// The name of a session that nobody can guess.
    static func makeID() -> String {
        SymmetricKey(size: .bits192).withUnsafeBytes { Data($0) }.base64URL
    }

    /// Logs somebody in. - Returns: The name of the new session.
    func begin(_ identity: Identity, at now: ContinuousClock.Instant = .now) -> String {
        let id = Self.makeID()
        sessions.withLock { sessions in
            sessions = sessions.filter { $0.value.endsAt > now }
            // Somebody who can log in ten thousand times has a token; the oldest go.
            if sessions.count >= Self.most, let oldest = sessions.min(by: { $0.value.endsAt < $1.value.endsAt }) {
                sessions[oldest.key] = nil
            }
            sessions[id] = Session(identity: identity, endsAt: now + duration)
        }
        return id
    }

    func identity(_ id: String, at now: ContinuousClock.Instant = .now) -> Identity? {
        sessions.withLock { $0[id] }.flatMap { $0.endsAt > now ? $0.identity : nil }
    }

    func end(_ id: String) { sessions.withLock { $0[id] = nil } }

    /// What the forms of a session carry.
    func formToken(_ id: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Data(id.utf8), using: key)).base64URL
    }

    func isFormToken(_ token: String, of id: String) -> Bool { ConstantTime.isEqual(token, formToken(id)) }
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
