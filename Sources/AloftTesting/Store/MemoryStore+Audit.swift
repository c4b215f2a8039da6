public import AloftCore
internal import Synchronization

extension MemoryStore {
    /// All in one step. Nothing is repaired: here a finding is a fault of the store.
    public func audit(after cursor: AuditCursor?, limit: Int, repair: Bool) async throws(StoreError) -> AuditReport {
        contents.withLock { contents in
            AuditReport(findings: contents.state.findings, instances: contents.state.instances.count)
        }
    }

    public func claimAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool {
        let now = now
        return contents.withLock { contents in
            if let claim = contents.auditClaim, claim.until > now { return false }
            contents.auditClaim = (worker, now + interval)
            return true
        }
    }

    public func renewAudit(by worker: WorkerID, every interval: Duration) async throws(StoreError) -> Bool {
        let now = now
        return contents.withLock { contents in
            guard let claim = contents.auditClaim, claim.until > now, claim.worker == worker else { return false }
            contents.auditClaim = (worker, now + interval)
            return true
        }
    }
}
