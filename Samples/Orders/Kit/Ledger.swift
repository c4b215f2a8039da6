/// What happened in the world outside, for the demo to tell and the tests to check.
public actor Ledger {
    public private(set) var entries: [String] = []
    private let onNote: @Sendable (String) -> Void

    public init(onNote: @escaping @Sendable (String) -> Void = { _ in }) { self.onNote = onNote }

    func note(_ entry: String) {
        entries.append(entry)
        onNote(entry)
    }
}
