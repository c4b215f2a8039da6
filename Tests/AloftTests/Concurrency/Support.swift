import Aloft
import Logging
import Testing

extension EngineHarness {
    /// Rebuilds the execution from each beginning of its history that ends in front of an input, and unloads it again: what
    /// happens inside must be the same each time, and must come to an end. The journal of the whole is compared with the one
    /// that was kept while it happened, if nothing was restarted meanwhile.
    func checkEveryPrefix(comparingJournal: Bool = true) throws {
        let ends = history.indices.dropFirst().filter { history[$0].body.isInput } + [history.count]
        for end in ends {
            let copy = Execution(
                blueprint: blueprint,
                instance: "instance-1",
                execution: "execution-1",
                coder: PayloadCoder(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let journal = Journal<String>()
            try Probe.$current.withValue(journal) { try copy.replay(Array(history[..<end])) }
            if comparingJournal { #expect(self.journal.entries.starts(with: journal.entries)) }
            if comparingJournal, end == history.count { #expect(journal.entries == self.journal.entries) }
            #expect(Probe.$current.withValue(Journal()) { copy.evict() })
            #expect(copy.waitCount == 0)
        }
    }

    /// How many events the code decided itself, its completion aside.
    var decisionCount: Int { history.filter { !$0.body.isInput && Completion($0.body) == nil }.count }
}

/// The error that a piece of workflow code throws, in words.
func errorText(_ body: () async throws -> Void) async -> String {
    do {
        try await body()
        return "none"
    } catch { return "\(type(of: error))" }
}
