import Aloft
import Testing

@Suite struct SignalTests {
    struct Receiver: Workflow {
        func run(_ context: WorkflowContext, _ count: Int) async throws -> [Int] {
            try await context.activity(Reference.work, "first")
            var numbers: [Int] = []
            for _ in 0..<count { numbers.append(try await context.receive(Signals.number)) }
            return numbers
        }
    }

    /// Signals are kept until somebody receives them, in the order in which they came, names apart.
    @Test(arguments: [false, true])
    func bufferedInOrder(cold: Bool) throws {
        let engine = EngineHarness(Receiver.self)
        try engine.start(4)
        try engine.feed(.signal(Signals.number, 1))
        try engine.feed(.signal(Signals.text, "other"), .signal(Signals.number, 2))
        if cold { try engine.restart() }
        #expect(try engine.feed(.completed(1, ())).completion == nil)
        try engine.feed(.signal(Signals.number, 3))
        if cold { try engine.restart() }
        #expect(try engine.feed(.signal(Signals.number, 4)).completion?.value() == [1, 2, 3, 4])
    }

    @Test func tryReceiveDoesNotWait() throws {
        struct Polling: Workflow {
            func run(_ context: WorkflowContext) async throws -> [Int?] {
                var found = [try await context.tryReceive(Signals.number)]
                try await context.activity(Reference.work, "between")
                for _ in 0..<3 { found.append(try await context.tryReceive(Signals.number)) }
                return found
            }
        }
        let engine = EngineHarness(Polling.self)
        try engine.start()
        try engine.feed(.signal(Signals.number, 1), .signal(Signals.number, 2))
        #expect(try engine.feed(.completed(1, ())).completion?.value() == [nil, 1, 2, nil])
    }

    @Test func sequenceEndsByCancellation() throws {
        struct Following: Workflow {
            func run(_ context: WorkflowContext) async throws -> [Int] {
                var numbers: [Int] = []
                do {
                    for try await number in context.signals(Signals.number) { numbers.append(number) }
                } catch is CancellationError {}
                return numbers
            }
        }
        let engine = EngineHarness(Following.self)
        try engine.start()
        for number in 1...3 { try engine.feed(.signal(Signals.number, number)) }
        try engine.restart()
        #expect(try engine.feed(.cancel).completion?.value() == [1, 2, 3])
    }

    /// A payload that does not fit is an error of the receive that takes it; the next one is fine.
    @Test func undecodablePayload() throws {
        struct Careful: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                var lines: [String] = []
                for _ in 0..<4 {
                    do { lines.append("\(try await context.receive(Signals.number))") } catch let error as PayloadError
                    {
                        lines.append(error.type)
                    }
                }
                do { lines.append("\(try await context.tryReceive(Signals.number) as Any)") } catch {
                    lines.append("bad")
                }
                return lines
            }
        }
        let engine = EngineHarness(Careful.self)
        try engine.start()
        let wrong = try EventBody.signalReceived(name: Signals.number.name, payload("words"))
        try engine.feed(wrong)
        try engine.feed(.signal(Signals.number, 2))
        try engine.restart()
        let last = try engine.feed(wrong, .signal(Signals.number, 4))
        #expect(try last.completion?.value() == ["Int", "2", "Int", "4", "nil"])
    }

    /// Those who wait are served in the order in which they came.
    @Test func waitersAreServedInOrder() throws {
        struct Crowd: Workflow {
            func run(_ context: WorkflowContext) async throws {
                try await withThrowingTaskGroup { group in
                    for number in 0..<3 {
                        group.addTask { Probe.note("\(number): \(try await context.receive(Signals.text))") }
                    }
                    try await group.waitForAll()
                }
            }
        }
        let engine = EngineHarness(Crowd.self)
        try engine.start()
        for text in ["a", "b", "c"] { try engine.feed(.signal(Signals.text, text)) }
        #expect(engine.journal.entries == ["0: a", "1: b", "2: c"])
    }

    /// A receive that was cancelled is not in the queue any more: the signal goes to the next.
    @Test(arguments: [false, true])
    func cancelledWaiterTakesNothing(cold: Bool) throws {
        struct Patient: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                var lines: [String] = []
                do {
                    let number = try await context.timeout(.seconds(1)) { try await context.receive(Signals.number) }
                    lines.append("early \(number)")
                } catch is TimeoutError { lines.append("timeout") }
                lines.append("\(try await context.receive(Signals.number))")
                return lines
            }
        }
        let engine = EngineHarness(Patient.self)
        let first = try engine.start()
        if cold { try engine.restart() }
        try engine.feed(.timerFired(first.timers[0].command))
        if cold { try engine.restart() }
        #expect(try engine.feed(.signal(Signals.number, 5)).completion?.value() == ["timeout", "5"])
    }

    /// A signal that came together with the end of the wait, just before it, is not lost.
    @Test func signalJustBeforeTheTimeout() throws {
        struct Patient: Workflow {
            func run(_ context: WorkflowContext) async throws -> Int {
                try await context.timeout(.seconds(1)) { try await context.receive(Signals.number) }
            }
        }
        let engine = EngineHarness(Patient.self)
        let first = try engine.start()
        let last = try engine.feed(.signal(Signals.number, 5), .timerFired(first.timers[0].command))
        #expect(try last.completion?.value() == 5)
    }
}
