public import AloftCore

extension WorkflowClient {
    /// Looks for what contradicts what must always hold: work that is in no queue, timers that would never fire, results that
    /// nobody was told, leftovers. Goes through the store in bounded steps as the sequence is consumed; it may be busy.
    ///
    /// ```swift
    /// for try await report in client.audit() { report.findings.forEach { print($0) } }
    /// ```
    /// Workers do the same every few minutes, with repair; see `WorkerOptions.auditInterval`.
    /// - Parameters:
    ///   - repair: Whether to repair what can be: what was lost is queued again. What live workers hold is left alone. Without
    ///     it nothing is changed.
    ///   - pageSize: How many instances a step looks at, roughly; at least 1. A store may take fewer.
    public func audit(repair: Bool = false, pageSize: Int = 50) -> StoreAudit {
        StoreAudit(store: store, isRepairing: repair, pageSize: max(1, pageSize))
    }
}

/// The reports of an audit, step by step.
public struct StoreAudit: AsyncSequence, Sendable {
    let store: any WorkflowStore
    let isRepairing: Bool
    let pageSize: Int

    public func makeAsyncIterator() -> Iterator { Iterator(audit: self) }

    /// The whole audit as one report. A finding that two steps came upon is in it once.
    ///
    /// - Throws: `StoreError`; `CancellationError` between two steps.
    public func report() async throws -> AuditReport {
        var whole = AuditReport()
        var seen: Set<AuditFinding> = []
        for try await part in self {
            whole.instances += part.instances
            whole.findings += part.findings.filter { seen.insert($0).inserted }
        }
        return whole
    }

    public struct Iterator: AsyncIteratorProtocol {
        let audit: StoreAudit
        private var cursor: AuditCursor?
        private var isAtEnd = false

        init(audit: StoreAudit) { self.audit = audit }

        /// - Throws: `StoreError`; `CancellationError` between two steps.
        public mutating func next() async throws -> AuditReport? {
            guard !isAtEnd else { return nil }
            try Task.checkCancellation()
            let report = try await audit.store.audit(after: cursor, limit: audit.pageSize, repair: audit.isRepairing)
            cursor = report.next
            isAtEnd = report.next == nil
            return report
        }
    }
}
