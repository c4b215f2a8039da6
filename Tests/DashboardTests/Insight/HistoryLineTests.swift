import AloftCore
import AloftInsight
import Testing

@Suite("History lines") struct HistoryLineTests {
    private static let failure = Failure(
        type: "Declined",
        message: "no funds",
        causes: [.init(type: "Net", message: "down")]
    )
    private static let command = CommandID(4)

    private static let lines: [(EventBody, kind: String, text: String)] = [
        (.started(.init(workflow: "Pay", queue: "q", input: .none)), "started", "workflow Pay started"),
        (TimelineTests.activity(4), "activityScheduled", "activity Charge scheduled"),
        (.activityCompleted(command, .none), "activityCompleted", "activity Charge completed"),
        (.activityFailed(command, failure), "activityFailed", "activity Charge failed"),
        (.timerFired(command), "timerFired", "timer Charge fired"),
        (.timerCancelled(command), "timerCancelled", "timer Charge cancelled"),
        (.signalReceived(name: "go", .none), "signalReceived", "signal go received"),
        (.cancelRequested(reason: ""), "cancelRequested", "asked to cancel"),
        (.cancelRequested(reason: "late"), "cancelRequested", "asked to cancel: late"),
        (.sideEffectRecorded(command, .none), "sideEffectRecorded", "side effect recorded"),
        (.subWorkflowCompleted(command, .none), "subWorkflowCompleted", "sub-workflow Charge completed"),
        (.subWorkflowFailed(command, failure), "subWorkflowFailed", "sub-workflow Charge failed"),
        (.subWorkflowCancelRequested(command), "subWorkflowCancelRequested", "sub-workflow Charge asked to cancel"),
        (.signalDelivered(command), "signalDelivered", "signal Charge delivered"),
        (.signalFailed(command, failure), "signalFailed", "signal Charge refused"),
        (.workflowCompleted(.none), "workflowCompleted", "completed"),
        (.workflowFailed(failure), "workflowFailed", "failed"),
        (.workflowCancelled(failure), "workflowCancelled", "cancelled"),
        (.workflowTerminated(failure), "workflowTerminated", "terminated"),
        (.workflowTimedOut(failure), "workflowTimedOut", "timed out"),
        (.continuedAsNew(.init(execution: "e2", input: .none)), "continuedAsNew", "continued as new"),
    ]

    @Test("tell each event in words, with the name of its command", arguments: lines.indices)
    func words(_ index: Int) {
        let (body, kind, text) = Self.lines[index]
        let event = Event(number: 9, timestamp: Timestamp(milliseconds: 0), body: body)
        let line = HistoryLine(event, names: [Self.command: "Charge"])
        #expect(line.kind == kind)
        #expect(line.text == text)
        #expect(line.isInput == body.isInput)
        #expect(line.command == body.command?.number)
        #expect((line.failure == nil) == !"\(body)".contains("Declined"))
    }

    @Test("without the name tell the number")
    func number() {
        let event = Event(number: 9, timestamp: Timestamp(milliseconds: 0), body: .timerFired(Self.command))
        #expect(HistoryLine(event).text == "timer (command 4) fired")
    }

    @Test("escape what names hide")
    func hostile() {
        let event = Event(
            number: 1,
            timestamp: Timestamp(milliseconds: 0),
            body: .signalReceived(name: "a\u{202e}b", .none)
        )
        #expect(HistoryLine(event).text == "signal a\\u{202E}b received")
    }
}
