import AloftTesting
import Dispatch
import Synchronization
import Testing

@MainActor
@Suite("VirtualClock", .timeLimit(.minutes(3)))
struct VirtualClockTests {
    let clock = VirtualClock()

    /// Names in the order in which their sleepers woke.
    @MainActor
    final class Record {
        var names: [String] = []
    }

    /// A task that sleeps until an offset and then writes its name.
    func sleeper(_ name: String, until offset: Duration, _ record: Record) -> Task<Void, any Error> {
        Task {
            try await clock.sleep(until: VirtualClock.Instant(offset: offset))
            record.names.append(name)
        }
    }

    @Test("it stands still until it is moved, and never goes back")
    func standsStill() {
        #expect(clock.now.offset == .zero)
        clock.advance(by: .seconds(3))
        #expect(clock.now.offset == .seconds(3))
        clock.advance(by: .seconds(-1))
        clock.advance(to: .init(offset: .seconds(2)))
        #expect(clock.now.offset == .seconds(3))
        #expect(VirtualClock(now: .init(offset: .seconds(9))).now.offset == .seconds(9))
    }

    @Test("a sleeper wakes when its deadline is reached and not before")
    func deadline() async throws {
        let record = Record()
        let task = sleeper("a", until: .seconds(1), record)
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(1) - .nanoseconds(1))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .nanoseconds(1))
        #expect(clock.sleeperCount == 0)
        try await task.value
        #expect(record.names == ["a"])
    }

    @Test("a deadline in the past does not suspend")
    func past() async throws {
        try await clock.sleep(until: clock.now)
        clock.advance(by: .seconds(5))
        try await clock.sleep(until: .init(offset: .seconds(1)))
        try await clock.sleep(for: .zero)
    }

    @Test("sleepers wake in order of deadline, those of one deadline in order of going to sleep")
    nonisolated func order() async throws {
        // On one thread tasks run in the order in which they were started and woken.
        let line = Line()
        let names = Names()
        let clock = clock
        await withThrowingTaskGroup { group in
            for (name, seconds) in [("d", 3), ("b", 2), ("a", 1), ("c", 2), ("e", 3)] {
                group.addTask(executorPreference: line) {
                    try await clock.sleep(until: VirtualClock.Instant(offset: .seconds(seconds)))
                    names.all.withLock { $0.append(name) }
                }
            }
            group.addTask(executorPreference: line) { clock.advance(by: .seconds(10)) }
        }
        #expect(names.all.withLock { $0 } == ["a", "b", "c", "d", "e"])
    }

    @Test("it moves from deadline to deadline")
    func nextDeadline() async throws {
        let record = Record()
        #expect(clock.advanceToNextDeadline() == nil)
        let first = sleeper("first", until: .seconds(30 * 24 * 3600), record)
        let second = sleeper("second", until: .seconds(60 * 24 * 3600), record)
        await clock.sleepers(atLeast: 2)
        #expect(clock.nextDeadline?.offset == .seconds(30 * 24 * 3600))
        #expect(clock.advanceToNextDeadline()?.offset == .seconds(30 * 24 * 3600))
        try await first.value
        #expect(record.names == ["first"])
        clock.advanceToNextDeadline()
        try await second.value
        #expect(clock.now.offset == .seconds(60 * 24 * 3600))
    }

    @Test("a cancelled sleeper throws at once and is forgotten")
    func cancelling() async throws {
        let record = Record()
        let cancelled = sleeper("cancelled", until: .seconds(1), record)
        let other = sleeper("other", until: .seconds(1), record)
        await clock.sleepers(atLeast: 2)
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .seconds(1))
        try await other.value
        #expect(record.names == ["other"])
    }

    @Test("a task that is cancelled already does not go to sleep")
    func cancelledBefore() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test("an idle sleeper wakes like any other, but is no reason to move the clock")
    func idle() async throws {
        let record = Record()
        let idler = Task {
            try await clock.idle(until: .init(offset: .seconds(1)))
            record.names.append("idler")
        }
        let other = sleeper("other", until: .seconds(5), record)
        await clock.sleepers(atLeast: 1)
        #expect(clock.sleeperCount == 1)
        #expect(clock.advanceToNextDeadline()?.offset == .seconds(5))
        try await idler.value
        try await other.value
        #expect(record.names.sorted() == ["idler", "other"])
        let cancelled = Task { try await clock.idle(until: .init(offset: .seconds(99))) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }

    @Test("many sleepers that come, are cancelled and wake at once are all accounted for")
    func stress() async {
        let left = Remaining(200)
        let ended = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask { [clock, left] in
                    let sleep = Task { try await clock.sleep(for: .milliseconds(number % 7)) }
                    if number % 3 == 0 { sleep.cancel() }
                    let isAwake = (try? await sleep.value) != nil
                    left.count.withLock { $0 -= 1 }
                    return isAwake
                }
            }
            group.addTask { [clock, left] in
                // Until the last has woken: on a busy machine it may come late.
                while left.count.withLock({ $0 > 0 }) {
                    clock.advance(by: .milliseconds(1))
                    await Task.yield()
                }
                return true
            }
            var count = 0
            for await _ in group { count += 1 }
            return count
        }
        #expect(ended == 201)
        #expect(clock.sleeperCount == 0)
    }
}

/// Runs its tasks one at a time, in the order in which they become ready.
private final class Line: TaskExecutor {
    private let queue = DispatchQueue(label: "serial")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

private final class Names: Sendable {
    let all = Mutex<[String]>([])
}

private final class Remaining: Sendable {
    let count: Mutex<Int>
    init(_ count: Int) { self.count = Mutex(count) }
}
