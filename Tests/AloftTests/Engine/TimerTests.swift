import Aloft
import Foundation
import Testing

@Suite struct TimerTests {
    struct Sleeper: Workflow {
        struct Naps: Codable {
            var milliseconds: [Int]
        }

        func run(_ context: WorkflowContext, _ naps: Naps) async throws -> Int {
            for nap in naps.milliseconds { try await context.sleep(for: .milliseconds(nap), name: "nap") }
            return naps.milliseconds.count
        }
    }

    /// A duration that is not positive is no wait and leaves no timer.
    @Test(arguments: [[0], [-1], [-86_400_000, 0], []])
    func noWait(milliseconds: [Int]) throws {
        let engine = EngineHarness(Sleeper.self)
        let decisions = try engine.start(Sleeper.Naps(milliseconds: milliseconds))
        #expect(decisions.timers.isEmpty)
        #expect(decisions.completion?.status == .completed)
        #expect(engine.history.count == 2)
    }

    /// As after a failover to a server whose clock is behind.
    @Test func clockGoesBack() throws {
        let engine = EngineHarness(Sleeper.self)
        let first = try engine.start(Sleeper.Naps(milliseconds: [500, 700]))
        #expect(first.timers.map(\.due) == [Timestamp(milliseconds: 1_501)])
        let second = try engine.feed(.fired(1), after: -500)
        #expect(second.timers.map(\.due) == [Timestamp(milliseconds: 1_701)])
        #expect(engine.history.allSatisfy { $0.timestamp == Timestamp(milliseconds: 1_001) })
    }

    @Test func timerIsSetAndFires() throws {
        let engine = EngineHarness(Sleeper.self)
        let first = try engine.start(Sleeper.Naps(milliseconds: [500, 700]))
        #expect(first.timers == [.init(command: CommandID(1), name: "nap", due: Timestamp(milliseconds: 1_501))])
        try engine.restart()
        // Measured from the event that ended the one before, however late that was.
        let second = try engine.feed(.fired(1), after: 10_000)
        #expect(second.timers == [.init(command: CommandID(2), name: "nap", due: Timestamp(milliseconds: 11_701))])
        #expect(try engine.feed(.fired(2)).completion?.value() == 2)
    }

    @Test func untilAMoment() throws {
        struct Until: Workflow {
            func run(_ context: WorkflowContext, _ moment: Date) async throws -> Date {
                try await context.sleep(until: moment)
                return context.now
            }
        }
        let past = EngineHarness(Until.self)
        #expect(try past.start(Date(timeIntervalSince1970: 0.5)).completion?.status == .completed)
        #expect(past.history.count == 2)
        let present = EngineHarness(Until.self)
        #expect(try present.start(Date(timeIntervalSince1970: 1.001)).timers.isEmpty)
        let future = EngineHarness(Until.self)
        #expect(try future.start(Date(timeIntervalSince1970: 2)).timers.first?.due == Timestamp(milliseconds: 2_000))
        let never = EngineHarness(Until.self)
        #expect(try never.start(Date.distantFuture).timers.count == 1)
    }

    @Test func longDurationsSaturate() throws {
        struct Eternal: Workflow {
            func run(_ context: WorkflowContext) async throws { try await context.sleep(for: .seconds(Int64.max)) }
        }
        let engine = EngineHarness(Eternal.self)
        #expect(try engine.start().timers.first?.due.milliseconds == .max)
    }

    struct Racing: Workflow {
        func run(_ context: WorkflowContext, _ atOnce: Bool) async throws -> String {
            let winner = try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    if !atOnce { try await context.activity(Reference.work, "race") }
                    return "work"
                }
                group.addTask {
                    do { try await context.sleep(for: .seconds(60)) } catch {
                        Probe.note("\(error)")
                        throw error
                    }
                    return "timer"
                }
                defer { group.cancelAll() }
                return try await group.next() ?? "none"
            }
            _ = try await context.receive(Signals.number)
            return winner
        }
    }

    /// Cancelling the task that waits leaves `timerCancelled`, and the store is told to forget the timer.
    @Test(arguments: [false, true])
    func cancelledTimer(cold: Bool) throws {
        let engine = EngineHarness(Racing.self)
        #expect(try engine.start(false).timers.map(\.command) == [CommandID(2)])
        if cold { try engine.restart() }
        let decisions = try engine.feed(.completed(1, ()))
        #expect(decisions.events.map(\.body) == [try .completed(1, ()), .timerCancelled(CommandID(2))])
        #expect(decisions.cancelledTimers == [CommandID(2)])
        if cold { try engine.restart() }
        // It fired while it was being cancelled: nobody waits any more.
        let late = try engine.feed(.fired(2))
        #expect(late.events.count == 1)
        if cold { try engine.restart() }
        #expect(try engine.feed(.signal(Signals.number, 1)).completion?.value() == "work")
        #expect(engine.journal.entries.contains("CancellationError()"))
    }

    /// A timer that is set and cancelled in one go is in the history and never in the store.
    @Test func setAndCancelledInOneGo() throws {
        let engine = EngineHarness(Racing.self)
        let together = try engine.feed(engine.startInput(false), .completed(1, ()))
        #expect(together.timers.isEmpty)
        #expect(together.cancelledTimers.isEmpty)
        #expect(
            engine.summaries.suffix(3) == [
                "3 timer #2 sleep", "4 completion of activity #1", "5 cancellation of timer #2",
            ]
        )
        try engine.restart()
    }

    /// The same within one event: both children start before the one that has won ends the race.
    @Test func setAndCancelledByOneEvent() throws {
        let engine = EngineHarness(Racing.self)
        let decisions = try engine.start(true)
        #expect(decisions.events.count == 3)
        #expect(decisions.timers.isEmpty)
        #expect(decisions.cancelledTimers.isEmpty)
        #expect(engine.journal.entries == ["CancellationError()"])
    }
}
