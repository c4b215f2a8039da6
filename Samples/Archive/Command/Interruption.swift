import UnixSignals

/// Turns Ctrl-C and `kill` into the cancellation of a body, so that it cleans up.
enum Interruption {
    /// - Throws: `CancellationError` after a signal; otherwise what the body throws.
    static func observing(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in signals { return false }
                return false
            }
            group.addTask {
                try await body()
                return true
            }
            defer { group.cancelAll() }
            guard try await group.next() == true else {
                group.cancelAll()
                // The body has the time it needs to end its children.
                try? await group.waitForAll()
                throw CancellationError()
            }
        }
    }
}
