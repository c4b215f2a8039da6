/// What a supervisor tells a program that it starts again: which workers died with the one before, and what that said.
package struct CrashNote: Hashable, Sendable {
    package var workers: [WorkerID]
    package var text: String

    package init(workers: [WorkerID], text: String) {
        self.workers = workers
        self.text = text
    }

    /// As it stands in a file: a line of workers, and the text.
    package var encoded: String { workers.map(\.rawValue).joined(separator: " ") + "\n" + text }

    /// - Returns: `nil` if there are no workers in it.
    package init?(encoded: String) {
        let parts = encoded.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let workers = Self.workers(in: parts.first ?? "")
        guard !workers.isEmpty else { return nil }
        self.init(workers: workers, text: parts.count > 1 ? String(parts[1]) : "")
    }

    /// The ids in a text, each once; what is none is passed over.
    package static func workers(in text: some StringProtocol) -> [WorkerID] {
        var known: Set<WorkerID> = []
        return text.split(whereSeparator: \.isWhitespace).map { WorkerID($0) }.filter {
            (try? $0.validated()) != nil && known.insert($0).inserted
        }
    }
}
