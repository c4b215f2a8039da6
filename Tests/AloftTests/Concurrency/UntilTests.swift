import Aloft
import Testing

/// Conditions over the workflow's own variables: order, when they are looked at, and what the line behind may rely on.
@Suite struct UntilTests {
    /// Looked at after every event, those included that the code does not wait for otherwise.
    @Test func lookedAtAfterEachEvent() throws {
        struct Counting: Workflow {
            func run(_ context: WorkflowContext) async throws {
                var looks = 0
                try await context.until {
                    looks += 1
                    Probe.note("look \(looks) at \(context.historyLength)")
                    return context.historyLength == 4
                }
            }
        }
        let engine = EngineHarness(Counting.self)
        try engine.start()
        // In one go or not: events are fed one at a time.
        try engine.feed(.signal(Signals.number, 1), .signal(Signals.number, 2))
        try engine.feed(.signal(Signals.number, 3))
        #expect(
            engine.journal.entries == ["look 1 at 1", "look 2 at 1", "look 3 at 2", "look 4 at 3", "look 5 at 4"]
        )
        #expect(engine.completion?.status == .completed)
        try engine.checkEveryPrefix()
    }

    /// What channels and futures do counts at once, without a further event.
    @Test(arguments: [false, true])
    func overInnerState(cold: Bool) throws {
        struct Watching: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int.self, capacity: 3)
                let future = context.future { try await context.receive(Signals.number) }
                let group = context.waitGroup()
                let filler = context.future {
                    try await context.until { future.isDone }
                    for number in 1...3 { try await channel.send(number) }
                    group.add()
                    try await context.until { channel.count == 0 }
                    group.done()
                }
                try await context.until { channel.count == 3 && group.count == 1 }
                let count = channel.count
                for _ in 0..<3 { _ = try await channel.receive() }
                try await group.wait()
                try await filler.value
                return ["\(count)", "\(channel.count)"]
            }
        }
        let engine = EngineHarness(Watching.self)
        try engine.start()
        if cold { try engine.restart() }
        #expect(try engine.feed(.signal(Signals.number, 1)).completion?.value() == ["3", "0"])
        try engine.checkEveryPrefix()
    }

    /// Registered first is asked first, though another has become true earlier; the second finds what the first has left.
    @Test func orderOfRegistration() throws {
        struct Last: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let seats = Shared(0)
                let guests = ["b", "a", "c"].map { name in
                    context.future {
                        try await context.until { seats.value > 0 }
                        #expect(seats.value > 0)
                        seats.update { $0 -= 1 }
                        Probe.note("\(name) sits, \(seats.value) left")
                    }
                }
                while !guests.allSatisfy(\.isDone) {
                    let more = try await context.receive(Signals.number)
                    seats.update { $0 += more }
                    try await context.until { seats.value == 0 }
                }
            }
        }
        let engine = EngineHarness(Last.self)
        try engine.start()
        try engine.feed(.signal(Signals.number, 2))
        #expect(engine.journal.entries == ["b sits, 1 left", "a sits, 0 left"])
        #expect(try engine.feed(.signal(Signals.number, 1)).completion?.status == .completed)
        try engine.checkEveryPrefix()
    }
}
