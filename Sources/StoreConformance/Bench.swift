internal import AloftCore
internal import Synchronization
internal import Testing

/// A store with workers around it, for one check.
final class Bench: Sendable {
    let store: any WorkflowStore
    let subject: StoreUnderTest
    /// Those who beat whenever the bench does something.
    private let living = Mutex<[WorkerRegistration]>([])
    private let lastNumber = Mutex(0)
    /// How many instances were quarantined while workers were killed, as the ticks told.
    private let quarantined = Mutex(0)
    var quarantinedCount: Int { quarantined.withLock(\.self) }

    init(_ store: any WorkflowStore, _ subject: StoreUnderTest) {
        self.store = store
        self.subject = subject
    }

    /// The unit of timers and delays.
    var step: Duration { subject.times.step }

    func nextNumber() -> Int {
        lastNumber.withLock { number in
            number += 1
            return number
        }
    }

    // MARK: Workers

    /// Registers a worker that lives until ``kill(_:witness:)`` or ``leave(_:)``.
    func worker(
        workflows: [TaskQueue] = [.default],
        activities: [TaskQueue] = [.default],
        knowing names: [String] = []
    ) async throws -> WorkerRegistration {
        let registration = WorkerRegistration(
            workflowQueues: workflows,
            activityQueues: activities,
            workflows: names,
            activities: names,
            host: "bench"
        )
        let isKnown = try await store.beat(registration, isFirst: true)
        #expect(isKnown)
        living.withLock { $0.append(registration) }
        return registration
    }

    func beat() async throws {
        for worker in living.withLock({ $0 }) {
            let isKnown = try await store.beat(worker, isFirst: false)
            #expect(isKnown, "a worker that beats is alive")
        }
    }

    /// From now on the worker is silent.
    func silence(_ worker: WorkerRegistration) {
        living.withLock { living in living.removeAll { $0.worker == worker.worker } }
    }

    func leave(_ worker: WorkerRegistration) async throws {
        silence(worker)
        try await store.leave(worker)
    }

    /// Everyone leaves.
    func leaveAll() async throws {
        for worker in living.withLock({ $0 }) { try await leave(worker) }
    }

    /// Lets workers be silent until the witness has found them dead and taken over everything.
    ///
    /// - Returns: How many things were taken over.
    @discardableResult
    func kill(_ workers: WorkerRegistration..., witness: WorkerRegistration) async throws -> Int {
        for worker in workers { silence(worker) }
        var missing = Set(workers.map(\.worker))
        var takenOver = 0
        for _ in 0..<1000 {
            let report = try await tick(by: witness)
            takenOver += report.takenOver
            quarantined.withLock { $0 += report.quarantined }
            missing.subtract(report.deadWorkers)
            if missing.isEmpty, !report.isMoreDue { return takenOver }
            if !report.isMoreDue { try await pass(store.leaseDuration / 8) }
        }
        throw Disappointment("workers \(missing) are dead and nobody notices")
    }

    // MARK: Time

    /// Waits until whatever instances have done to each other has arrived.
    func settle() async throws {
        try await beat()
        try await subject.settle?(store)
    }

    /// Lets time go by in which the living workers beat.
    func pass(_ duration: Duration) async throws {
        var left = duration
        while left > .zero {
            try await beat()
            let slice = min(left, store.leaseDuration / 4)
            try await subject.passTime(store, slice)
            left -= slice
        }
        try await beat()
    }

    func tick(by worker: WorkerRegistration) async throws -> TickReport {
        try await beat()
        return try await store.tick(by: worker.worker)
    }

    /// Ticks until nothing more is due; returns how much was fired.
    @discardableResult
    func tickAll(by worker: WorkerRegistration) async throws -> Int {
        var fired = 0
        for _ in 0..<1000 {
            let report = try await tick(by: worker)
            fired += report.fired
            if !report.isMoreDue { return fired }
        }
        throw Disappointment("there is always more due")
    }

    /// Ticks until something falls due that was set for not before a moment; checks that it is never early, and that
    /// the tick at whose time it is due fires it.
    func expectDue(
        notBefore moment: Timestamp,
        count: Int = 1,
        by worker: WorkerRegistration,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        for _ in 0..<1000 {
            let report = try await tick(by: worker)
            guard report.fired == 0 else {
                #expect(report.fired == count, sourceLocation: location)
                #expect(report.now >= moment, "early", sourceLocation: location)
                return
            }
            let next = try #require(report.nextDue, "nobody knows of it", sourceLocation: location)
            #expect(next > report.now, "late", sourceLocation: location)
            if subject.isVirtual { #expect(next == moment, sourceLocation: location) }
            let left = next - report.now
            try await pass(left > .milliseconds(1) ? left - .milliseconds(1) : left)
        }
        throw Disappointment("it never falls due")
    }

    /// Expects that nothing is going to happen, but for the end of a retention of days.
    func expectNothingDue(
        by worker: WorkerRegistration,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let report = try await tick(by: worker)
        #expect(report.fired == 0, sourceLocation: location)
        if let next = report.nextDue { #expect(next - report.now > .seconds(24 * 3600), sourceLocation: location) }
    }
}

/// Why a check cannot go on.
struct Disappointment: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
