internal import Crypto
internal import Foundation

/// What somebody may do. Each role may do what those before it may.
public enum AccessRole: Int, Hashable, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    /// Look at everything.
    case read
    /// Start, signal and cancel instances, release those in quarantine, have activities tried again.
    case operate
    /// Terminate and remove instances, act on many at a time, read the audit.
    case admin

    public static func < (left: AccessRole, right: AccessRole) -> Bool { left.rawValue < right.rawValue }

    /// "read", "operate" or "admin".
    public var description: String {
        switch self {
        case .read: "read"
        case .operate: "operate"
        case .admin: "admin"
        }
    }

    /// - Parameter name: "read", "operate" or "admin".
    public init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = role
    }
}

/// A secret that lets whoever has it do what its role allows.
public struct AccessToken: Sendable {
    /// Who it belongs to: named in the audit.
    public let name: String
    public let role: AccessRole
    /// The secret itself is not kept.
    private let digest: [UInt8]
    private let length: Int

    private static let minimumLength = 16

    /// - Parameter secret: At least 16 characters that nobody can guess, say of `openssl rand -hex 24`.
    public init(name: String, role: AccessRole, secret: String) {
        self.name = name
        self.role = role
        digest = Self.digest(secret)
        length = secret.utf8.count
    }

    func validate() throws(DashboardError) {
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            throw DashboardError(
                "a token has no name, or one with control characters; the audit needs to tell who did what"
            )
        }
        guard length >= Self.minimumLength else {
            throw DashboardError(
                "the token of \(name) has \(length) characters, at least \(Self.minimumLength) are needed; make one "
                    + "with \"openssl rand -hex 24\""
            )
        }
    }

    /// The token with this secret. Takes as long whichever it is, and if it is none.
    static func find(_ secret: String, among tokens: [AccessToken]) -> AccessToken? {
        let wanted = digest(secret)
        var found: AccessToken?
        for token in tokens where ConstantTime.isEqual(token.digest, wanted) { found = token }
        return found
    }

    private static func digest(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Data(secret.utf8))) }
}
