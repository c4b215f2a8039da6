import Aloft
import Testing

/// The matcher alone: which outputs are the same decision, and what it says about those that are not.
@Suite struct HistoryMatcherTests {
    private static let place = SourceLocation(fileID: "App/Orders.swift", line: 42)

    private static func activity(_ command: Int, _ name: String, input: Payload = .none) -> EventBody {
        .activityScheduled(.init(command: CommandID(command), name: name, queue: nil, input: input, retry: .default))
    }

    private static func timer(_ command: Int, _ name: String, due: Int64 = 9) -> EventBody {
        .timerScheduled(.init(command: CommandID(command), name: name, due: Timestamp(milliseconds: due)))
    }

    private static let failure = Failure(type: "Broken", message: "it is")

    /// A matcher that has just been given an input, event 7, and the outputs behind it.
    private static func matcher(expecting outputs: EventBody...) -> HistoryMatcher {
        var matcher = HistoryMatcher()
        let events = outputs.enumerated().map { index, body in
            Event(number: 8 + index, timestamp: Timestamp(milliseconds: 1), body: body)
        }
        let input = Event(number: 7, timestamp: Timestamp(milliseconds: 1), body: .timerFired(CommandID(3)))
        matcher.beginReplay(of: input, outputs: events[...])
        return matcher
    }

    private static func child(_ command: Int, _ workflow: String, _ instance: InstanceID, input: Payload = .none)
        -> EventBody
    {
        .subWorkflowScheduled(
            .init(command: CommandID(command), workflow: workflow, instance: instance, execution: "e", input: input)
        )
    }

    private static func signal(_ command: Int, _ name: String, _ instance: InstanceID, _ payload: Payload = .none)
        -> EventBody
    {
        .signalScheduled(.init(command: CommandID(command), instance: instance, name: name, payload: payload))
    }

    private static func continuation(_ execution: ExecutionID) -> EventBody {
        .continuedAsNew(.init(execution: execution, input: .none))
    }

    static let same: [(EventBody, EventBody)] = [
        (activity(1, "a"), activity(1, "a")),
        // Encoders change, and code may be corrected without harm.
        (activity(1, "a"), activity(1, "a", input: Payload(bytes: [1], encoding: .json))),
        (timer(1, "t"), timer(1, "t", due: 10)),
        (.timerCancelled(CommandID(1)), .timerCancelled(CommandID(1))),
        (
            .sideEffectRecorded(CommandID(1), .none),
            .sideEffectRecorded(CommandID(1), Payload(bytes: [1], encoding: .json))
        ),
        (.workflowCompleted(.none), .workflowCompleted(Payload(bytes: [1], encoding: .json))),
        (.workflowFailed(failure), .workflowFailed(Failure(type: "Other", message: ""))),
        (.workflowCancelled(failure), .workflowCancelled(failure)),
        (child(1, "W", "i"), child(1, "W", "i", input: Payload(bytes: [1], encoding: .json))),
        (.subWorkflowCancelRequested(CommandID(1)), .subWorkflowCancelRequested(CommandID(1))),
        (signal(1, "s", "i"), signal(1, "s", "i", Payload(bytes: [1], encoding: .json))),
        (continuation("a"), continuation("b")),
    ]

    @Test(arguments: same)
    func sameDecision(recorded: EventBody, produced: EventBody) throws {
        var matcher = Self.matcher(expecting: recorded)
        #expect(matcher.isReplaying)
        #expect(try matcher.match(produced, at: Self.place) == recorded)
        try matcher.finish()
    }

    static let different: [(EventBody, EventBody)] = [
        (activity(1, "a"), activity(1, "b")),
        (activity(1, "a"), activity(2, "a")),
        (activity(1, "a"), timer(1, "a")),
        (timer(1, "t"), timer(1, "u")),
        (timer(1, "t"), timer(2, "t")),
        (timer(1, "t"), activity(1, "t")),
        (.timerCancelled(CommandID(1)), .timerCancelled(CommandID(2))),
        (.sideEffectRecorded(CommandID(1), .none), .sideEffectRecorded(CommandID(2), .none)),
        (.sideEffectRecorded(CommandID(1), .none), activity(1, "a")),
        (.workflowCompleted(.none), .workflowFailed(failure)),
        (.workflowFailed(failure), .workflowCancelled(failure)),
        (.workflowCancelled(failure), .workflowCompleted(.none)),
        (activity(1, "a"), .workflowCompleted(.none)),
        (child(1, "W", "i"), child(2, "W", "i")),
        (child(1, "W", "i"), child(1, "V", "i")),
        (child(1, "W", "i"), child(1, "W", "j")),
        (child(1, "W", "i"), activity(1, "W")),
        (.subWorkflowCancelRequested(CommandID(1)), .subWorkflowCancelRequested(CommandID(2))),
        (.subWorkflowCancelRequested(CommandID(1)), .timerCancelled(CommandID(1))),
        (signal(1, "s", "i"), signal(2, "s", "i")),
        (signal(1, "s", "i"), signal(1, "t", "i")),
        (signal(1, "s", "i"), signal(1, "s", "j")),
        (signal(1, "s", "i"), child(1, "s", "i")),
        (continuation("a"), .workflowCompleted(.none)),
        (.workflowFailed(failure), continuation("a")),
    ]

    /// The message names the event, what the history holds, what the code did, and where.
    @Test(arguments: different)
    func mismatch(recorded: EventBody, produced: EventBody) throws {
        var matcher = Self.matcher(expecting: recorded)
        let failure = try taskFailure { try matcher.match(produced, at: Self.place) }
        #expect(failure.cause == .nondeterminism)
        #expect(
            failure.message.contains(
                "event 8 of the history is \(recorded.summary), but the code did \(produced.summary)"
            )
        )
        #expect(failure.message.contains(" at App/Orders.swift:42. Usually"))
        #expect(failure.message.contains("The instance is unharmed"))
    }

    @Test func moreThanRecorded() throws {
        var matcher = Self.matcher(expecting: Self.activity(1, "a"))
        _ = try matcher.match(Self.activity(1, "a"), at: Self.place)
        let failure = try taskFailure { try matcher.match(Self.activity(2, "b"), at: Self.place) }
        #expect(failure.cause == .nondeterminism)
        #expect(failure.message.contains("no further decision after event 7 (firing of timer #3)"))
        #expect(failure.message.contains("but the code did activity #2 b at App/Orders.swift:42"))
    }

    @Test func lessThanRecorded() throws {
        var matcher = Self.matcher(expecting: Self.activity(1, "a"), Self.timer(2, "t"))
        _ = try matcher.match(Self.activity(1, "a"), at: Self.place)
        let failure = try taskFailure { try matcher.finish() }
        #expect(failure.cause == .nondeterminism)
        #expect(failure.message.contains("event 9 of the history is timer #2 t, but the code no longer does that"))
    }

    /// Code that does less is told with what it waits for instead.
    @Test func lessThanRecordedAndWaiting() throws {
        let matcher = Self.matcher(expecting: Self.activity(1, "a"))
        let waits = [Wait(.signal, "go", fileID: "App/Orders.swift", line: 42)]
        let failure = try taskFailure { try matcher.finish(waits: waits) }
        #expect(
            failure.message.contains("the code no longer does that; it waits for signal go at App/Orders.swift:42. ")
        )
    }

    /// What each new kind of event is called in a message.
    @Test(
        arguments: [
            (child(1, "W", "i"), "sub-workflow #1 W (i)"),
            (.subWorkflowCancelRequested(CommandID(1)), "request to cancel sub-workflow #1"),
            (signal(1, "s", "i"), "signal #1 s to i"), (continuation("a"), "continuation as new"),
            (.subWorkflowCompleted(CommandID(1), .none), "completion of sub-workflow #1"),
            (.subWorkflowFailed(CommandID(1), failure), "failure of sub-workflow #1"),
            (.signalDelivered(CommandID(1)), "delivery of signal #1"),
            (.signalFailed(CommandID(1), failure), "refusal of signal #1"),
            (.workflowTerminated(failure), "termination of the workflow"),
            (.workflowTimedOut(failure), "timeout of the workflow"),
        ] as [(EventBody, String)]
    )
    func summaries(body: EventBody, text: String) {
        #expect(body.summary == text)
    }

    /// A completion has no place in the code.
    @Test func placeIsOptional() throws {
        var matcher = Self.matcher(expecting: Self.activity(1, "a"))
        let failure = try taskFailure { try matcher.match(.workflowCompleted(.none), at: nil) }
        #expect(failure.message.contains("but the code did completion of the workflow. "))
    }

    @Test func recordingComparesNothing() throws {
        var matcher = Self.matcher(expecting: Self.activity(1, "a"))
        matcher.beginRecording()
        #expect(!matcher.isReplaying)
        #expect(try matcher.match(Self.timer(5, "t"), at: nil) == nil)
        try matcher.finish()
    }
}
