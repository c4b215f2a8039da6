public import AloftCore
import Logging
import RedisClient
import Synchronization

extension RedisStore {
    /// How many expired instances or units of a dead worker's work one script call moves at most.
    private static let batch = 100
    /// How many due members one script call moves at most. What is due together leaves the due set together, since the next call
    /// is late: everybody is busy by then with what this one has set free. That holds Redis up for 15 to 30 microseconds of its
    /// time for each instance.
    private static let dueBatch = 1_000
    /// How many calls one tick spends on what is due in a partition, at most.
    private static let dueCalls = 20
    /// How many calls one tick spends on dead workers at most.
    private static let takeoverCalls = 20

    public func tick(by worker: WorkerID) async throws(StoreError) -> TickReport {
        var report = TickReport(now: now)
        do throws(StoreError) {
            try await tick(by: worker, &report)
        } catch {
            report.failure = report.failure ?? error
        }
        // What was done is told in any case: it will not be done again.
        if let failure = report.failure, !report.hasEffect { throw failure }
        return report
    }

    private func tick(by worker: WorkerID, _ report: inout TickReport) async throws(StoreError) {
        var dead: [WorkerID] = []
        for (index, keys) in partitions.keyspaces.enumerated() {
            var silent: [WorkerID] = []
            try await apart(&report) { report throws(StoreError) in
                silent = try await carryOutDue(in: keys, isFirst: index == 0, &report)
            }
            for one in silent where one != worker && !dead.contains(one) {
                try await apart(&report) { report throws(StoreError) in
                    let isDead = try await bury(one, in: keys, isFirst: index == 0, after: leaseDuration, &report)
                    if isDead { dead.append(one) }
                }
            }
        }
        // Beats reach the partitions one after the other. Whoever is dead in one has given up in all.
        if partitions.keyspaces.count > 1 {
            for one in dead {
                for (index, keys) in partitions.keyspaces.enumerated() {
                    try await apart(&report) { report throws(StoreError) in
                        _ = try await bury(one, in: keys, isFirst: index == 0, after: .zero, &report)
                    }
                }
            }
        }
    }

    /// Does a part of a tick. Data that nobody should have written keep no other part from being done.
    private func apart(
        _ report: inout TickReport,
        _ part: (inout TickReport) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        do throws(StoreError) {
            try await part(&report)
        } catch {
            guard error.code == .corrupt else { throw error }
            report.failure = report.failure ?? error
        }
    }

    /// - Parameter isFirst: Whether this is the first partition: whatever is due by its time has been carried out in all.
    /// - Returns: Workers that seem to be dead, if that can be told.
    private func carryOutDue(
        in keys: Keyspace,
        isFirst: Bool,
        _ report: inout TickReport
    ) async throws(StoreError) -> [WorkerID] {
        var next: Timestamp?
        var isMoreDue = true
        var messages = 0
        var silent: [WorkerID] = []
        var mayJudge = true
        for call in 1...Self.dueCalls where isMoreDue {
            let askedAt = ContinuousClock.now
            // Not by way of the caller: when much is due, everybody is busy, and each way through the pool takes time.
            let reply = try await timed(
                Scripts.tick,
                "carrying out what is due",
                keys: [keys.due, keys.workers, keys.outbox, keys.instances, keys.queues, keys.unknown],
                arguments: [
                    RedisArgument(keys.base), RedisArgument(Self.dueBatch),
                    RedisArgument(leaseDuration.redisMilliseconds),
                    RedisArgument(configuration.retention.redisMilliseconds), RedisArgument(Self.batch),
                ],
                isAwaited: false
            )
            mayJudge = self.mayJudge(askedAt)
            if isFirst, call == 1 { report.now = try reply.time(0) }
            next = try reply.time(1)
            report.fired += try reply.amount(2)
            let dropped = try reply.int(3)
            if dropped > 0 {
                logger.debug("work was due for instances that are gone", metadata: ["count": "\(dropped)"])
            }
            isMoreDue = try reply.int(4) == 1
            messages = try reply.int(5)
            let late = try reply.amount(6)
            if try reply.int(2) > 0 { report.lateness = max(report.lateness ?? .zero, .milliseconds(late)) }
            // The dead are found all the same.
            if report.failure == nil { report.failure = await foreignKey(toldBy: try reply.text(7), in: keys) }
            silent = []
            let workers = try tell(problemsIn: reply, from: 8)
            for index in workers..<max(workers, reply.count) {
                if let one = try await memberOfWorkers(reply, index, in: keys) { silent.append(one) }
            }
        }
        if let next, next.milliseconds >= 0 { report.nextDue = min(report.nextDue ?? next, next) }
        report.isMoreDue = report.isMoreDue || isMoreDue
        // Also what a process left that died before it could deliver.
        if messages > 0 { await courier.deliver(from: keys) }
        return mayJudge ? silent : []
    }

    /// Whether who seems to be dead is. An answer that was long in coming tells that Redis was away, perhaps for the others,
    /// too: they are given half a lease to come back. `beat.lua` keeps the same for those who did not have to wait.
    private func mayJudge(_ askedAt: ContinuousClock.Instant) -> Bool {
        let now = ContinuousClock.now
        return judgement.withLock { from in
            if now - askedAt > leaseDuration / 2 { from = now + leaseDuration / 2 }
            return from.map { now >= $0 } ?? true
        }
    }

    /// - Parameters:
    ///   - isFirst: Whether this is the first partition: each worker is counted there.
    ///   - lease: For how long it has to have been silent.
    /// - Returns: Whether it is dead; not if it left, or was gone already.
    private func bury(
        _ worker: WorkerID,
        in keys: Keyspace,
        isFirst: Bool,
        after lease: Duration,
        _ report: inout TickReport
    ) async throws(StoreError) -> Bool {
        var isDead = false
        for call in 1...Self.takeoverCalls {
            let step = try await takeOver(from: worker, isDead: true, after: lease, in: keys)
            report.takenOver += step.moved
            report.quarantined += step.quarantined
            isDead = isDead || step.isDead
            if step.progress == .alive { return isDead }
            if step.progress == .done {
                // Others may have done a part. Whoever finds it gone already is told that it is not dead.
                if isFirst, step.isDead { report.deadWorkers.append(worker) }
                return isDead
            }
            if call == Self.takeoverCalls { report.isMoreDue = true }
        }
        return isDead
    }

    enum TakeoverProgress: Int {
        case more = 0
        case done = 1
        case alive = 2
    }

    /// What one step of a takeover did.
    struct TakeoverStep {
        var progress: TakeoverProgress
        var moved: Int
        var isDead: Bool
        var quarantined: Int
    }

    /// One step of taking everything from a worker that is dead, or leaves.
    func takeOver(
        from worker: WorkerID,
        isDead: Bool,
        after lease: Duration,
        in keys: Keyspace
    ) async throws(StoreError) -> TakeoverStep {
        let crash = CrashOutcome.pieces
        let reply = try await timed(
            Scripts.takeover,
            "taking over from worker \(worker)",
            keys: [
                keys.workers, keys.registration(worker), RedisArgument(keys.ownStream(worker)),
                RedisArgument(keys.fence(worker)), keys.residents(worker), keys.trials(worker), keys.received,
            ],
            arguments: [
                RedisArgument(keys.base), RedisArgument(worker.rawValue), isDead ? "d" : "l",
                RedisArgument(lease.redisMilliseconds), RedisArgument(Self.batch),
                RedisArgument(CrashLimit.deliveries), RedisArgument(crash.beforeCommand),
                RedisArgument(crash.beforeMessage),
                RedisArgument(crash.end),
                " workers died while running activity ",
                RedisArgument(" workers died with its workflow task in hand, the last was \(worker)"),
                RedisArgument(CrashLimit.anyhow), RedisArgument(crash.beforeMessageAndBacktrace),
            ],
            isAwaited: false
        )
        try tell(problemsIn: reply, from: 5, of: worker)
        return TakeoverStep(
            progress: TakeoverProgress(rawValue: try reply.int(1)) ?? .done,
            moved: try reply.amount(2),
            isDead: try reply.int(3) == 1,
            quarantined: try reply.amount(4)
        )
    }
}
