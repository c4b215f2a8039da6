internal import AloftCore
internal import Testing

/// What every store must do: one check for each sentence of its protocol.
///
/// A store's test target runs ``all`` as arguments of one test and gives a ``StoreUnderTest``:
///
/// ```swift
/// @Test(arguments: StoreConformance.all)
/// func conforms(_ check: StoreConformance.Check) async throws { try await check.run(on: .memory) }
/// ```
package enum StoreConformance {
    /// Every check, by topic.
    package static var all: [Check] {
        [
            start, moments, timeouts, memos, conflicts, reuse, signalWithStart, deliver, firstTask, commit, load,
            activities,
            queues,
            due, postponing, takeover, crashes, bystanders, deaths, quarantine, leaving, completion, termination,
            subWorkflows,
            parentClose,
            signals, continuing, listing, insight, operators, unknownTypes, removal, bulkRemoval, retention, limits,
            history,
            audits,
        ].flatMap { $0 }
    }

    /// One thing that a store must do.
    package struct Check: Sendable, CustomTestStringConvertible {
        /// What is checked, as a sentence.
        package let name: String
        let demand: Demand
        let body: @Sendable (Bench) async throws -> Void

        init(_ name: String, _ demand: Demand = Demand(), _ body: @escaping @Sendable (Bench) async throws -> Void) {
            self.name = name
            self.demand = demand
            self.body = body
        }

        /// Whether a lease or a retention passes: where time is real, the check takes a while and minds a slow machine.
        package var isTimed: Bool { demand.isLeaseShort || demand.isRetentionShort || demand.isContinuedKept }

        package var testDescription: String { name }

        /// Runs the check on a fresh store.
        package func run(on subject: StoreUnderTest) async throws {
            let store = try await subject.makeStore(demand.settings(subject.times))
            let result: Result<Void, any Error>
            do {
                try await body(Bench(store, subject))
                result = .success(())
            } catch {
                result = .failure(error)
            }
            let violations = try await subject.audit(store)
            await subject.close(store)
            try result.get()
            #expect(violations.isEmpty)
        }
    }

    /// How a check wants its store to be.
    struct Demand: Sendable {
        var isLeaseShort = false
        var isRetentionShort = false
        var payloadLimit: Int?
        var historyLimit: Int?
        var inboxLimit: Int?
        var isContinuedKept = false

        static let shortLease = Demand(isLeaseShort: true)
        static let shortRetention = Demand(isRetentionShort: true)
        static let keptContinuations = Demand(isContinuedKept: true)
        static func payloads(upTo bytes: Int) -> Demand { Demand(payloadLimit: bytes) }
        static func inboxes(upTo inputs: Int) -> Demand { Demand(inboxLimit: inputs) }
        static func histories(upTo events: Int) -> Demand { Demand(historyLimit: events) }

        func settings(_ times: StoreUnderTest.Times) -> StoreUnderTest.Settings {
            var settings = StoreUnderTest.Settings()
            if isLeaseShort { settings.leaseDuration = times.lease }
            if isRetentionShort { settings.retention = times.retention }
            if isContinuedKept { settings.continuedRetention = times.retention }
            if let payloadLimit { settings.payloadLimit = payloadLimit }
            if let inboxLimit { settings.inboxLimit = inboxLimit }
            if let historyLimit { settings.historyLimit = historyLimit }
            return settings
        }
    }
}
