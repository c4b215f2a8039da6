public import AloftCore
import Logging
import RedisClient

extension RedisStore {
    /// How many due members, expired instances or units of a dead worker's work one script call moves at most.
    private static let batch = 100
    /// How many calls one tick spends on dead workers at most.
    private static let takeoverCalls = 20

    public func tick(by worker: WorkerID) async throws(StoreError) -> TickReport {
        var report = TickReport(now: now)
        for keys in partitions.keyspaces {
            let reply = try await timed(
                Scripts.tick,
                "carrying out what is due",
                keys: [keys.due, keys.workers, keys.outbox, keys.instances, keys.queues, keys.unknown],
                arguments: [
                    RedisArgument(keys.base), RedisArgument(Self.batch),
                    RedisArgument(leaseDuration.redisMilliseconds),
                    RedisArgument(configuration.retention.redisMilliseconds),
                ]
            )
            report.now = max(report.now, try reply.time(0))
            let next = try reply.time(1)
            if next.milliseconds >= 0 { report.nextDue = min(report.nextDue ?? next, next) }
            report.fired += try reply.int(2)
            let dropped = try reply.int(3)
            if dropped > 0 {
                logger.debug("work was due for instances that are gone", metadata: ["count": "\(dropped)"])
            }
            if try reply.int(4) == 1 { report.isMoreDue = true }
            var dead: [WorkerID] = []
            // Also what a process left that died before it could deliver.
            if try reply.int(5) > 0 { await courier.deliver(from: keys) }
            for index in 6..<max(6, reply.count) { dead.append(WorkerID(try reply.text(index))) }
            for one in dead where one != worker { try await bury(one, in: keys, &report) }
        }
        return report
    }

    private func bury(_ worker: WorkerID, in keys: Keyspace, _ report: inout TickReport) async throws(StoreError) {
        for call in 1...Self.takeoverCalls {
            let (progress, moved) = try await takeOver(from: worker, isDead: true, in: keys)
            report.takenOver += moved
            if progress == .alive { return }
            if !report.deadWorkers.contains(worker) {
                report.deadWorkers.append(worker)
                logger.warning("a worker is dead; its work is taken over", metadata: ["worker": "\(worker)"])
            }
            if progress == .done { return }
            if call == Self.takeoverCalls { report.isMoreDue = true }
        }
    }

    enum TakeoverProgress: Int {
        case more = 0
        case done = 1
        case alive = 2
    }

    /// One step of taking everything from a worker that is dead, or leaves.
    func takeOver(
        from worker: WorkerID,
        isDead: Bool,
        in keys: Keyspace
    ) async throws(StoreError) -> (progress: TakeoverProgress, moved: Int) {
        let crash = CrashOutcome.pieces
        let reply = try await timed(
            Scripts.takeover,
            "taking over from worker \(worker)",
            keys: [
                keys.workers, keys.registration(worker), RedisArgument(keys.ownStream(worker)),
                RedisArgument(keys.fence(worker)), keys.residents(worker),
            ],
            arguments: [
                RedisArgument(keys.base), RedisArgument(worker.rawValue), isDead ? "d" : "l",
                RedisArgument(leaseDuration.redisMilliseconds), RedisArgument(Self.batch),
                RedisArgument(CrashLimit.deliveries), RedisArgument(crash.beforeCommand),
                RedisArgument(crash.beforeMessage),
                RedisArgument(crash.end),
                RedisArgument("\(CrashLimit.deliveries) workers died while running activity "),
                RedisArgument(
                    "quarantined: \(CrashLimit.deliveries) workers died with its workflow task in hand, the last was "
                        + "\(worker)"
                ),
            ]
        )
        return (TakeoverProgress(rawValue: try reply.int(1)) ?? .done, try reply.int(2))
    }
}
