import Aloft
import Testing

@Suite struct TaskTrackerTests {
    /// A clock on which no time passes while anybody sleeps.
    private struct InstantClock: Clock {
        typealias Instant = ManualClock.Instant
        var now: Instant { Instant(offset: .zero) }
        var minimumResolution: Duration { .zero }
        func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
    }

    @Test func idleWithoutTasks() async {
        let tracker = TaskTracker()
        await tracker.waitUntilIdle(on: ManualClock())
        await tracker.waitUntilIdle(for: .seconds(1), on: ManualClock())
    }

    @Test func waitsForEveryTask() async {
        let tracker = TaskTracker()
        let gates = (0..<3).map { _ in Gate() }
        let log = Journal<Int>()
        for (index, gate) in gates.enumerated() {
            tracker.spawn {
                await gate.wait()
                log.note(index)
            }
        }
        #expect(tracker.count == 3)
        async let first: Void = tracker.waitUntilIdle(on: ManualClock())
        async let second: Void = tracker.waitUntilIdle(for: .seconds(60), on: ManualClock())
        for gate in gates { gate.open() }
        _ = await (first, second)
        #expect(log.entries.sorted() == [0, 1, 2])
        #expect(tracker.count == 0)
    }

    /// Tasks that have ended before anybody looks leave nothing behind.
    @Test func shortTasks() async {
        let tracker = TaskTracker()
        for _ in 0..<1_000 { tracker.spawn {} }
        await tracker.waitUntilIdle(on: ManualClock())
        #expect(tracker.count == 0)
    }

    /// A task that spawns another is followed by it without a gap.
    @Test func taskThatSpawns() async {
        let tracker = TaskTracker()
        let log = Journal<Int>()
        tracker.spawn {
            log.note(1)
            tracker.spawn { log.note(2) }
        }
        await tracker.waitUntilIdle(on: ManualClock())
        #expect(log.entries == [1, 2])
    }

    @Test func limitEndsTheWait() async {
        let clock = ManualClock()
        let tracker = TaskTracker()
        let gate = Gate()
        tracker.spawn { await gate.wait() }
        async let wait: Void = tracker.waitUntilIdle(for: .seconds(5), on: clock)
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(5))
        await wait
        #expect(tracker.count == 1)
        gate.open()
        await tracker.waitUntilIdle(on: clock)
    }

    /// Whoever is in a hurry cancels the wait, and what runs goes on.
    @Test func cancellationEndsTheWait() async {
        let clock = ManualClock()
        let tracker = TaskTracker()
        let gate = Gate()
        tracker.spawn { await gate.wait() }
        let wait = Task { await tracker.waitUntilIdle(for: .seconds(5), on: clock) }
        await clock.sleepers(atLeast: 1)
        wait.cancel()
        await wait.value
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await tracker.waitUntilIdle(on: clock)
        }
        await late.value
        #expect(tracker.count == 1)
        gate.open()
        await tracker.waitUntilIdle(on: clock)
    }

    /// A limit that passes before the waiter is there ends the wait as well.
    ///
    /// The timer used to be started first. If it was quicker it found nobody to wake, and a worker whose grace period was short
    /// and whose activities did not end never stopped. That needs two threads at the right moment: this gives them many.
    @Test(.timeLimit(.minutes(1)))
    func limitThatPassesAtOnce() async {
        let tracker = TaskTracker()
        let gate = Gate()
        tracker.spawn { await gate.wait() }
        for _ in 0..<500 { await tracker.waitUntilIdle(for: .zero, on: InstantClock()) }
        gate.open()
        await tracker.waitUntilIdle(on: InstantClock())
    }

    /// Cancelling reaches every task that was spawned before, also from another thread and right behind the spawn. A race too:
    /// many chances, no proof.
    @Test(.timeLimit(.minutes(1)))
    func cancelReachesEveryTask() async {
        let tracker = TaskTracker()
        let clock = ManualClock()
        await withDiscardingTaskGroup { group in
            for _ in 0..<200 {
                group.addTask {
                    tracker.spawn { try? await clock.sleep(for: .seconds(1)) }
                    tracker.cancelAll()
                }
            }
        }
        await tracker.waitUntilIdle(on: clock)
        #expect(clock.sleeperCount == 0)
    }
}
