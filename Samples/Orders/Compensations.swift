import Logging

/// How to undo what has been done, the last step first.
struct Compensations: Sendable {
    private var steps: [(name: String, undo: @Sendable () async throws -> Void)] = []

    mutating func add(_ name: String, _ undo: @escaping @Sendable () async throws -> Void) {
        steps.append((name, undo))
    }

    /// Runs them all: one that fails keeps none of the others from running.
    ///
    /// - Throws: ``NotUndone``, for somebody to look at.
    func run(_ logger: Logger) async throws {
        var failed: [String] = []
        for step in steps.reversed() {
            do {
                try await step.undo()
            } catch {
                logger.error("a compensation failed", metadata: ["step": "\(step.name)", "error": "\(error)"])
                failed.append(step.name)
            }
        }
        guard failed.isEmpty else { throw NotUndone(steps: failed) }
    }
}

/// An order went wrong, and so did undoing it.
struct NotUndone: Error, Codable, Equatable {
    var steps: [String]
}
