internal import AloftCore
internal import Logging

/// Has the store fire what is due and take over from the dead: when the earliest thing is due that this worker knows of, and
/// at least once a second.
struct DuePump {
    static let interval = Duration.seconds(1)
    /// The shortest wait, so that many things due shortly after each other are fired together.
    static let pause = Duration.milliseconds(2)

    let environment: SessionEnvironment
    let driver: ExecutionDriver

    func run() async {
        await withTaskGroup { group in
            group.addTask {
                await environment.store.watchDue { environment.alarm.ring(for: $0) }
            }
            await pump()
            group.cancelAll()
        }
    }

    private func pump() async {
        var delay = Duration.zero
        while !Task.isCancelled {
            await environment.alarm.wait(for: delay, from: environment.store.now, on: environment.store.clock)
            guard !Task.isCancelled else { return }
            delay = await tick()
            await driver.flushReleases()
            environment.metrics?.sample(residents: driver.residentCount)
        }
    }

    /// - Returns: How long to wait until the next.
    private func tick() async -> Duration {
        do throws(StoreError) {
            let report = try await environment.store.tick(by: environment.worker)
            environment.metrics?.ticked(report)
            if !report.deadWorkers.isEmpty {
                environment.logger.warning(
                    "took over from dead workers",
                    metadata: ["aloft.dead": "\(report.deadWorkers)", "aloft.taken_over": "\(report.takenOver)"]
                )
            }
            if let failure = report.failure { throw failure }
            if report.isMoreDue { return .zero }
            return min(Self.interval, max(Self.pause, report.nextDue.map { $0 - report.now } ?? Self.interval))
        } catch {
            guard error.code != .cancelled else { return Self.interval }
            environment.logger.warning("could not fire what is due", metadata: [LogKey.error: "\(error)"])
            return Self.interval
        }
    }
}
