internal import AloftCore
internal import Logging

/// Has the store audited and repaired when it is this worker's turn: one of the fleet does it in each interval. Also in
/// between, when a store has noticed a loss and lets the next one begin.
struct Auditor {
    /// How many instances one step looks at.
    static let pageSize = 25
    /// How long it pauses after a step, at least and as a multiple of how long that took, so that little of the store's time
    /// goes into it.
    static let pause = Duration.milliseconds(5)
    static let pauseFactor = 9

    let environment: SessionEnvironment

    func run() async {
        guard let interval = environment.options.auditInterval else { return }
        // More often than the interval, so that a turn that nobody took, or that came early, is taken soon.
        let pause = min(interval / 10, .seconds(15))
        while (try? await environment.store.clock.sleep(for: pause)) != nil {
            await audit(every: interval)
        }
    }

    private func audit(every interval: Duration) async {
        do {
            guard try await environment.store.claimAudit(by: environment.worker, every: interval) else { return }
            tell(try await findings(every: interval))
        } catch let error as StoreError where error.code == .cancelled {
            return
        } catch {
            guard !Task.isCancelled else { return }
            environment.logger.warning("could not audit", metadata: [LogKey.error: "\(error)"])
        }
    }

    /// Goes through the whole store, slowly. Ends early if another has begun meanwhile, or is to begin: what was lost since may
    /// be where this one has been already.
    private func findings(every interval: Duration) async throws -> AuditTally {
        var tally = AuditTally()
        var cursor: AuditCursor?
        repeat {
            let start = ContinuousClock.now
            let report = try await environment.store.audit(after: cursor, limit: Self.pageSize, repair: true)
            tally.add(report.findings)
            cursor = report.next
            guard cursor != nil else { break }
            try await environment.store.clock.sleep(for: max(Self.pause, (.now - start) * Self.pauseFactor))
        } while try await environment.store.renewAudit(by: environment.worker, every: interval)
        return tally
    }

    /// One line for each kind: what was lost at once is usually much of the same.
    private func tell(_ tally: AuditTally) {
        for (kind, some) in tally.entries.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            environment.logger.warning(
                "the audit has found what should not be",
                metadata: [
                    LogKey.finding: "\(kind)", LogKey.count: "\(some.count)", LogKey.repaired: "\(some.repaired)",
                    "aloft.example": "\(some.example)",
                ]
            )
        }
    }
}
