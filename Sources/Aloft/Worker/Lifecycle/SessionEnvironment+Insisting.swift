internal import AloftCore
internal import Logging

extension SessionEnvironment {
    /// The longest pause between two tries.
    private static let longestPause = Duration.seconds(60)

    /// Makes a call again and again that failed because of data that somebody may mend, such as a key that another program has
    /// taken. It hands something back that this worker holds: as long as the worker lives, nobody else would do it.
    ///
    /// Nobody waits for it, and it takes no slot.
    func insist(
        on what: String,
        after error: StoreError,
        _ call: @escaping @Sendable () async throws(StoreError) -> Void
    ) {
        guard Self.isMendable(error) else { return }
        repeats.spawn {
            var pause = self.options.problemRetryInterval
            while !self.isOver {
                do { try await self.store.clock.sleep(for: pause) } catch { return }
                pause = min(pause * 2, max(Self.longestPause, self.options.problemRetryInterval))
                guard let error = await self.failure(of: what, call) else { return }
                guard Self.isMendable(error) else { return }
            }
        }
    }

    private func failure(
        of what: String,
        _ call: @escaping @Sendable () async throws(StoreError) -> Void
    ) async -> StoreError? {
        do throws(StoreError) {
            try await persist(what, call)
            return nil
        } catch {
            logger.error("could not \(what), trying again", metadata: [LogKey.error: "\(error)"])
            return error
        }
    }

    private static func isMendable(_ error: StoreError) -> Bool {
        error.code == .corrupt || error.code == .formatTooNew
    }
}
