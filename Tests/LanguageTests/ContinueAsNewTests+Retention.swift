import Aloft
import Testing

extension ContinueAsNewTests {
    @Test("Histories that were continued are kept for their own time, or not at all", arguments: Setup.all)
    func earlier(_ setup: Setup) async throws {
        for retention: Duration in [.zero, .seconds(3600)] {
            try await withFleet(setup, continuedRetention: retention) { fleet in
                try await fleet.withWorker({ Countdown.self }) {
                    let handle = try await fleet.client.start(Countdown.self, 1)
                    _ = try await handle.result()
                    guard case .started(let started)? = try await handle.history().first?.body else { return }
                    let earlier = try #require(started.continuedFrom)
                    if retention > .zero {
                        let last = try await handle.history(of: earlier).last?.body
                        guard case .continuedAsNew? = last else {
                            Issue.record("it ends with \(String(describing: last))")
                            return
                        }
                    } else {
                        await #expect { try await handle.history(of: earlier) } throws: {
                            ($0 as? StoreError)?.code == .instanceNotFound
                        }
                    }
                }
            }
        }
    }
}
