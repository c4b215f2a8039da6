import Aloft
import Testing

/// What is around an execution: carries out its decisions in an order that follows from a seed.
struct RandomWorld {
    static let payloadBytes = 4_000

    private var random: SeededGenerator
    private(set) var inputs: [DeliveredInput] = []
    /// How many inputs came together with the start.
    private(set) var head = 0
    private var activities: [CommandID] = []
    private var timers: [EventBody.TimerScheduled] = []
    private var lateTimers: [CommandID] = []
    private var children: [CommandID] = []
    private var cancelledChildren: Set<CommandID> = []
    private var signals: [CommandID] = []
    private var time: Int64 = 5_000

    init(seed: Int) { random = SeededGenerator(seed: "world \(seed)") }

    /// Lets an execution live until it ends, or has seen enough; each input alone.
    mutating func play(_ engine: EngineHarness, _ plan: RandomProgram.Plan) throws -> Outcome {
        var outcome = Outcome()
        var first = [DeliveredInput(timestamp: Timestamp(milliseconds: time), body: try engine.startInput(plan))]
        if pick(20) == 0 {
            // Asked to cancel before its code ran.
            if pick(2) == 0 { first.append(try signal()) }
            first.append(cancelInput())
        }
        head = first.count
        try take(first, engine, &outcome)
        while outcome.completion == nil, inputs.count < 250 {
            time += Int64(pick(10))
            guard let input = try next() else { continue }
            try take([input], engine, &outcome)
        }
        return outcome
    }

    private mutating func take(_ given: [DeliveredInput], _ engine: EngineHarness, _ outcome: inout Outcome) throws {
        inputs += given
        let decisions = try engine.feed(given)
        outcome.add(decisions)
        activities += decisions.activities.map(\.command)
        timers += decisions.timers
        timers.removeAll { decisions.cancelledTimers.contains($0.command) }
        lateTimers += decisions.cancelledTimers
        children += decisions.subWorkflows.map(\.command)
        cancelledChildren.formUnion(decisions.cancelledSubWorkflows)
        signals += decisions.signals.map(\.command)
    }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

    private mutating func take(from list: WritableKeyPath<Self, [CommandID]>) -> CommandID? {
        let count = self[keyPath: list].count
        return count == 0 ? nil : self[keyPath: list].remove(at: pick(count))
    }

    private func deliver(_ body: EventBody) -> DeliveredInput {
        DeliveredInput(timestamp: Timestamp(milliseconds: time), body: body)
    }

    private mutating func cancelInput() -> DeliveredInput { deliver(.cancelRequested(reason: "reason \(pick(3))")) }

    private mutating func signal() throws -> DeliveredInput {
        switch pick(4) {
        case 0: deliver(try .signal(Signals.text, "text \(pick(9))"))
        // One that does not decode.
        case 1 where pick(4) == 0: deliver(try .signal(Signal<String>(Signals.number.name), "none"))
        default: deliver(try .signal(Signals.number, pick(9)))
        }
    }

    /// The next input, if what the dice chose is there.
    private mutating func next() throws -> DeliveredInput? {
        switch pick(100) {
        case 0: return cancelInput()
        case 1..<20: return try signal()
        case 20..<24: return lateTimers.popLast().map { deliver(.timerFired($0)) }
        case 24..<50:
            guard let command = take(from: \.activities) else { return nil }
            let failure = Failure(type: "Unlucky", message: "activity \(command)")
            return deliver(
                pick(12) > 0 ? try .completed(command.number, command.number) : .activityFailed(command, failure)
            )
        case 50..<65:
            guard let command = take(from: \.children) else { return nil }
            return deliver(try childEnd(command))
        case 65..<75:
            guard let command = take(from: \.signals) else { return nil }
            let failure = Failure(kind: .notFound, type: "InstanceNotFound", message: "nobody")
            return deliver(pick(4) > 0 ? .signalDelivered(command) : .signalFailed(command, failure))
        default:
            guard let next = timers.min(by: { ($0.due, $0.command) < ($1.due, $1.command) }) else { return nil }
            timers.removeAll { $0.command == next.command }
            time = max(time, next.due.milliseconds)
            return deliver(.timerFired(next.command))
        }
    }

    private mutating func childEnd(_ command: CommandID) throws -> EventBody {
        if cancelledChildren.contains(command), pick(3) > 0 {
            return .subWorkflowFailed(command, Failure(kind: .cancelled, type: "CancellationError", message: ""))
        }
        return switch pick(5) {
        case 0: .subWorkflowFailed(command, Failure(kind: .alreadyExists, type: "AlreadyExists", message: "in use"))
        default: .subWorkflowCompleted(command, try payload(command.number))
        }
    }
}

/// What came of a life, apart from its history.
struct Outcome: Hashable {
    private(set) var completion: Completion?
    /// What a store would be left with, timers that fired included.
    private(set) var timers: Set<CommandID> = []
    private(set) var activities: [EventBody.ActivityScheduled] = []
    private(set) var subWorkflows: [EventBody.SubWorkflowScheduled] = []
    private(set) var cancelledSubWorkflows: [CommandID] = []
    private(set) var signals: [EventBody.SignalScheduled] = []

    mutating func add(_ decisions: Decisions) {
        timers.formUnion(decisions.timers.map(\.command))
        timers.subtract(decisions.cancelledTimers)
        activities += decisions.activities
        subWorkflows += decisions.subWorkflows
        cancelledSubWorkflows += decisions.cancelledSubWorkflows
        signals += decisions.signals
        if let end = decisions.completion { completion = end }
    }
}
