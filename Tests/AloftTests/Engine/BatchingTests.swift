import Aloft
import Foundation
import Testing

/// What the code sees depends on the order of events alone: not on how they are grouped, nor on where the code was replayed.
@Suite struct BatchingTests {
    /// A bit of everything, in an order that depends on its input.
    struct Mixture: Workflow {
        func run(_ context: WorkflowContext, _ seed: Int) async throws -> [String] {
            let log = Shared<[String]>([])
            func note(_ line: String) { log.update { $0.append("\(line) at \(context.historyLength)") } }
            let received = Shared(0)
            do {
                try await withThrowingTaskGroup { group in
                    for branch in 0..<4 {
                        group.addTask {
                            var random = SeededGenerator(seed: "branch \(branch) of \(seed)")
                            for step in 0..<3 {
                                switch Int.random(in: 0..<6, using: &random) {
                                case 0:
                                    async let one = context.activity(Reference.double, branch)
                                    async let two = context.activity(Reference.double, step)
                                    note("\(branch) both \(try await one + two)")
                                case 1:
                                    try await context.sleep(for: .milliseconds(Int.random(in: -1...50, using: &random)))
                                    note("\(branch) slept until \(context.now.timeIntervalSince1970)")
                                case 2:
                                    do {
                                        let number = try await context.timeout(.milliseconds(30)) {
                                            try await context.receive(Signals.number)
                                        }
                                        received.update { $0 += 1 }
                                        note("\(branch) received \(number)")
                                    } catch is TimeoutError { note("\(branch) gave up") }
                                case 3:
                                    let effect = try await context.sideEffect { branch * 10 + step }
                                    var dice = context.random
                                    let die = Int.random(in: 1...6, using: &dice)
                                    note("\(branch) effect \(effect) \(die) \(context.uuid())")
                                case 4:
                                    let value = try await context.shielded {
                                        try await context.activity(Reference.double, 100)
                                    }
                                    note("\(branch) shielded \(value)")
                                default:
                                    let wanted = received.value + 1
                                    try? await context.timeout(.milliseconds(40)) {
                                        try await context.until { received.value >= wanted }
                                    }
                                    note("\(branch) \(try await context.tryReceive(Signals.number) as Any)")
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            } catch {
                try await context.shielded { try await context.activity(Reference.work, "clean up") }
                note("ended by \(error)")
            }
            return log.value
        }
    }

    /// Plays the world: answers open activities, fires timers, sends signals, in an order of its own.
    private func play(seed: Int) throws -> (inputs: [DeliveredInput], history: [Event]) {
        var random = SeededGenerator(seed: "world \(seed)")
        let engine = EngineHarness(Mixture.self)
        var inputs: [DeliveredInput] = []
        var activities: [CommandID] = []
        var timers: [EventBody.TimerScheduled] = []
        var cancelled: [CommandID] = []
        var time: Int64 = 5_000
        func feed(_ body: EventBody) throws {
            let input = DeliveredInput(timestamp: Timestamp(milliseconds: time), body: body)
            inputs.append(input)
            let decisions = try engine.feed([input])
            activities += decisions.activities.map(\.command)
            timers += decisions.timers
            timers.removeAll { decisions.cancelledTimers.contains($0.command) }
            cancelled += decisions.cancelledTimers
        }
        try feed(engine.startInput(seed))
        while engine.completion == nil {
            time += Int64.random(in: 0...10, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0: try feed(.cancel)
            case 1..<15: try feed(.signal(Signals.number, Int.random(in: 0..<9, using: &random)))
            case 15..<20:
                // One that fired while it was being cancelled.
                if let command = cancelled.popLast() { try feed(.timerFired(command)) }
            case 20..<60:
                guard !activities.isEmpty else { continue }
                let command = activities.remove(at: Int.random(in: 0..<activities.count, using: &random))
                let isLucky = Int.random(in: 0..<40, using: &random) > 0
                let failure = Failure(type: "Unlucky", message: "activity \(command)")
                try feed(
                    isLucky ? .activityCompleted(command, payload(command.number)) : .activityFailed(command, failure)
                )
            default:
                guard let next = timers.min(by: { ($0.due, $0.command) < ($1.due, $1.command) }) else { continue }
                timers.removeAll { $0.command == next.command }
                time = max(time, next.due.milliseconds)
                try feed(.timerFired(next.command))
            }
        }
        return (inputs, engine.history)
    }

    /// The same inputs one by one, all together, and in random groups with restarts from cold in between.
    @Test(arguments: 0..<150)
    func groupingIsFree(seed: Int) throws {
        let (inputs, history) = try play(seed: seed)
        let together = EngineHarness(Mixture.self)
        // A request to cancel that comes together with the start counts from the start: see EarlyCancelTests.
        let isCancelledEarly =
            inputs.dropFirst().first {
                if case .signalReceived = $0.body { false } else { true }
            }?.body == .cancel
        if isCancelledEarly { try together.feed([inputs[0]]) }
        try together.feed(isCancelledEarly ? Array(inputs.dropFirst()) : inputs)
        #expect(together.history == history)

        var random = SeededGenerator(seed: "groups \(seed)")
        let grouped = EngineHarness(Mixture.self)
        var rest = inputs[...]
        while !rest.isEmpty {
            let isStart = rest.startIndex == inputs.startIndex && isCancelledEarly
            let count = isStart ? 1 : Int.random(in: 1...min(5, rest.count), using: &random)
            try grouped.feed(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
            if Bool.random(using: &random) { try grouped.restart() }
        }
        #expect(grouped.history == history)
        // What is stored survives the way through bytes.
        #expect(try EventBatch.decode(EventBatch.encode(history)) == history)
    }

    /// The seeds must not all be short, or alike.
    @Test func theWorldIsVaried() throws {
        let worlds = try (0..<30).map { try play(seed: $0) }
        #expect(Set(worlds.map(\.history.count)).count > 10)
        let kinds = worlds.flatMap { $0.history.map { $0.body.summary.prefix(8) } }
        #expect(Set(kinds).count >= 10)
        #expect(worlds.contains { $0.history.contains { $0.body == .cancel } })
        #expect(worlds.contains { !$0.history.contains { $0.body == .cancel } })
    }
}
