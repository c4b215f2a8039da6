/// Who makes a request, and what they may do.
struct Identity: Hashable, Sendable {
    /// The name of the token; "local" where none is needed.
    var name: String
    var role: AccessRole

    /// Whoever is on this machine, while there are no tokens.
    static let local = Identity(name: "local", role: .admin)
}
