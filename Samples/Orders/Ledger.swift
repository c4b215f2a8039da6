/// What happened in the world outside, for people to read and tests to check.
actor Ledger {
    private(set) var entries: [String] = []
    private let onEntry: @Sendable (String) -> Void

    init(onEntry: @escaping @Sendable (String) -> Void = { _ in }) { self.onEntry = onEntry }

    func note(_ entry: String) {
        entries.append(entry)
        onEntry(entry)
    }
}
