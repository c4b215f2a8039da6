import Aloft
import Testing

@Suite struct AlarmTests {
    private static let now = Timestamp(milliseconds: 1_000)
    private let clock = ManualClock()
    private let alarm = Alarm()

    private func wait(_ duration: Duration) async {
        await alarm.wait(for: duration, from: Self.now, on: clock)
    }

    @Test func waitEndsByItself() async {
        async let wait: Void = wait(.seconds(1))
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(1))
        await wait
    }

    @Test(arguments: [Duration.zero, .seconds(-1)])
    func noWait(duration: Duration) async {
        await wait(duration)
        #expect(clock.sleeperCount == 0)
    }

    /// Only news of something earlier ends the wait.
    @Test func earlierMomentEndsTheWait() async {
        async let wait: Void = wait(.seconds(1))
        await clock.sleepers(atLeast: 1)
        alarm.ring(for: Timestamp(milliseconds: 2_000))
        alarm.ring(for: Timestamp(milliseconds: 9_000))
        #expect(clock.sleeperCount == 1)
        alarm.ring(for: Timestamp(milliseconds: 1_999))
        await wait
        #expect(clock.sleeperCount == 0)
    }

    /// The earliest moment that was rung for while nobody waited ends the next wait, and no other.
    @Test func ringBeforeTheWait() async {
        alarm.ring(for: Timestamp(milliseconds: 60_000))
        alarm.ring(for: Self.now)
        await wait(.seconds(1))
        #expect(clock.sleeperCount == 0)
        alarm.ring(for: Timestamp(milliseconds: 1_400))
        async let second: Void = wait(.seconds(1))
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .milliseconds(400))
        await second
    }

    /// News of something far away does not cut a wait short.
    @Test func ringForLaterBeforeTheWait() async {
        alarm.ring(for: Timestamp(milliseconds: 60_000))
        async let wait: Void = wait(.seconds(1))
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .milliseconds(999))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .milliseconds(1))
        await wait
    }

    /// A ring that ended one wait does not end the next.
    @Test func ringCountsOnce() async {
        async let first: Void = wait(.seconds(1))
        await clock.sleepers(atLeast: 1)
        alarm.ring(for: Self.now)
        await first
        async let second: Void = wait(.seconds(1))
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(1))
        await second
    }

    @Test func cancellationEndsTheWait() async {
        let task = Task { await wait(.seconds(1)) }
        await clock.sleepers(atLeast: 1)
        task.cancel()
        await task.value
        #expect(clock.sleeperCount == 0)
    }

    @Test func cancelledBeforeTheWait() async {
        let gate = Gate()
        let task = Task {
            await gate.wait()
            await wait(.seconds(1))
        }
        task.cancel()
        gate.open()
        await task.value
        #expect(clock.sleeperCount == 0)
    }
}
