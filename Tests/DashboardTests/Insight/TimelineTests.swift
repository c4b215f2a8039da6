import AloftCore
import AloftInsight
import Testing

@Suite("Timelines") struct TimelineTests {
    private static let start = Timestamp(milliseconds: 1_767_225_600_000)

    /// Events a second apart.
    static func history(_ bodies: [EventBody], from first: Int = 1) -> [Event] {
        bodies.enumerated().map { offset, body in
            Event(number: first + offset, timestamp: start + .seconds(offset), body: body)
        }
    }

    static func activity(_ number: Int, _ name: String = "Charge") -> EventBody {
        .activityScheduled(.init(command: CommandID(number), name: name, queue: nil, input: .none, retry: .default))
    }

    private let failure = Failure(type: "Declined", message: "no funds\u{202e}")
    private var now: Timestamp { Self.start + .seconds(100) }

    @Test("tell of each step from when to when, and how it ended")
    func rows() {
        let timer = EventBody.TimerScheduled(command: CommandID(2), name: "patience", due: Self.start + .seconds(50))
        let child = EventBody.SubWorkflowScheduled(
            command: CommandID(3),
            workflow: "Ship",
            instance: "ship-1",
            execution: "x",
            input: .none
        )
        let signal = EventBody.SignalScheduled(command: CommandID(4), instance: "other", name: "hello", payload: .none)
        let events = Self.history([
            .started(.init(workflow: "W", queue: .default, input: .none)), Self.activity(1), .timerScheduled(timer),
            .subWorkflowScheduled(child), .signalScheduled(signal), .signalReceived(name: "go", .none),
            .activityFailed(CommandID(1), failure), .timerCancelled(CommandID(2)),
            .subWorkflowCompleted(CommandID(3), .none),
            .signalDelivered(CommandID(4)), .sideEffectRecorded(CommandID(5), .none), .cancelRequested(reason: "late"),
            .workflowCompleted(.none),
        ])
        let timeline = Timeline(events, now: now)
        #expect(
            timeline.rows.map(\.kind) == [
                .activity, .timer, .subWorkflow, .outgoingSignal, .signal, .sideEffect, .cancelRequest,
            ]
        )
        #expect(
            timeline.rows.map(\.outcome) == [
                .failed, .cancelled, .completed, .delivered, .delivered, .recorded, .delivered,
            ]
        )
        #expect(timeline.rows.map(\.event) == [2, 3, 4, 5, 6, 11, 12])
        let seconds = timeline.rows.map { row in row.to.map { ($0.timestamp - row.from.timestamp) / .seconds(1) } }
        #expect(seconds == [5, 5, 5, 5, 0, 0, 0])
        #expect(timeline.rows[0].error == "Declined: no funds\\u{202E}")
        #expect(timeline.rows[1].due == timer.due.moment)
        #expect(timeline.rows[2].instance == "ship-1")
        #expect(timeline.from == Self.start.moment)
        #expect(timeline.to == (Self.start + .seconds(12)).moment)
        #expect(timeline.skippedEvents == 0)
    }

    @Test("show what is open up to now, with its attempt")
    func open() {
        let pending = PendingActivityView(
            PendingActivity(command: CommandID(1), name: "Charge", queue: "q", attempt: 3, position: .queued)
        )
        let timeline = Timeline(Self.history([Self.activity(1)]), pending: [pending], now: now)
        #expect(timeline.rows.map(\.outcome) == [.waiting])
        #expect(timeline.rows[0].to == nil)
        #expect(timeline.rows[0].attempt == 3)
        #expect(timeline.to == now.moment)
    }

    @Test("show what had no outcome when the execution ended")
    func dropped() {
        let timeline = Timeline(Self.history([Self.activity(1), .workflowTerminated(failure)]), now: now)
        #expect(timeline.rows.map(\.outcome) == [.dropped])
        #expect(timeline.rows[0].to == timeline.to)
    }

    @Test("of the end of a long history pass over what began before it")
    func tail() {
        let timeline = Timeline(
            Self.history([.activityCompleted(CommandID(7), .none), Self.activity(8)], from: 901),
            now: now
        )
        #expect(timeline.rows.map(\.command) == [8])
        #expect(timeline.skippedEvents == 900)
    }

    @Test("with too many rows put the same things together")
    func condensed() {
        var bodies: [EventBody] = []
        for number in 1...1_000 {
            bodies.append(Self.activity(number, number % 10 == 0 ? "Mail" : "Charge"))
            bodies.append(
                number % 100 == 0
                    ? .activityFailed(CommandID(number), failure) : .activityCompleted(CommandID(number), .none)
            )
        }
        bodies.append(Self.activity(2_000))
        let whole = Timeline(Self.history(bodies), now: Self.start + .seconds(5_000))
        #expect(whole.condensed(to: 1_001) == whole)
        let timeline = whole.condensed(to: 50)
        #expect(timeline.rows.map(\.name) == ["Charge", "Mail"])
        #expect(timeline.rows.map(\.count) == [901, 100])
        #expect(timeline.rows.map(\.failures) == [0, 10])
        #expect(timeline.rows.map(\.outcome) == [.waiting, .failed])
        #expect(timeline.rows[0].to == nil)
        #expect(timeline.rows[1].from == whole.rows[9].from)
        #expect(timeline.rows[1].to == whole.rows[999].to)
        #expect(whole.condensed(to: 1).rows.count == 1)
    }
}
