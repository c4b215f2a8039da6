import Aloft
import Testing

@Suite struct ChannelTests {
    /// Without capacity a sender goes on when its value has been taken, not before.
    @Test(arguments: [false, true])
    func rendezvous(cold: Bool) throws {
        struct Meeting: Workflow {
            func run(_ context: WorkflowContext) async throws -> [Int?] {
                let channel = context.channel(of: Int.self)
                let sender = context.future {
                    for number in 1...2 {
                        try await channel.send(number)
                        Probe.note("sent \(number)")
                    }
                    channel.close()
                    channel.close()
                }
                var received: [Int?] = []
                for _ in 1...3 {
                    _ = try await context.receive(Signals.number)
                    Probe.note("receiving, count \(channel.count)")
                    received.append(try await channel.receive())
                }
                try await sender.value
                return received
            }
        }
        let engine = EngineHarness(Meeting.self)
        try engine.start()
        for number in 1...3 {
            #expect(engine.journal.entries.filter { $0.hasPrefix("sent") }.count == number - 1 || cold)
            if cold { try engine.restart() }
            try engine.feed(.signal(Signals.number, number))
        }
        #expect(try engine.completion?.value() == [1, 2, nil])
        #expect(engine.decisionCount == 0)
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    /// With a capacity, senders wait when it is used up, and a place that becomes free goes to whoever waited longest.
    @Test func buffered() throws {
        struct Buffer: Workflow {
            func run(_ context: WorkflowContext) async throws -> [Int] {
                let channel = context.channel(of: Int.self, capacity: 2)
                let senders = (1...5).map { number in
                    context.future {
                        try await channel.send(number)
                        Probe.note("sent \(number)")
                    }
                }
                _ = try await context.receive(Signals.number)
                Probe.note("count \(channel.count) of \(channel.capacity)")
                var received: [Int] = []
                for _ in 1...5 {
                    received.append(try await channel.receive() ?? -1)
                    await Task.yield()
                }
                for sender in senders { try await sender.value }
                return received + [channel.count]
            }
        }
        let engine = EngineHarness(Buffer.self)
        try engine.start()
        #expect(engine.journal.entries == ["sent 1", "sent 2"])
        #expect(engine.execution.waitCount == 4)
        #expect(try engine.feed(.signal(Signals.number, 0)).completion?.value() == [1, 2, 3, 4, 5, 0])
        #expect(engine.journal.entries[2...] == ["count 2 of 2", "sent 3", "sent 4", "sent 5"])
        try engine.checkEveryPrefix()
    }

    /// Receivers that wait are served in the order in which they came.
    @Test func receiversInOrder() throws {
        struct Queue: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let channel = context.channel(of: Int.self)
                let receivers = (0..<3).map { number in
                    context.future { Probe.note("\(number) got \(try await channel.receive() ?? -1)") }
                }
                for _ in 0..<2 { try await channel.send(try await context.receive(Signals.number)) }
                channel.close()
                for receiver in receivers { try await receiver.value }
            }
        }
        let engine = EngineHarness(Queue.self)
        try engine.start()
        try engine.feed(.signal(Signals.number, 10), .signal(Signals.number, 11))
        #expect(engine.completion?.status == .completed)
        #expect(engine.journal.entries == ["0 got 10", "1 got 11", "2 got -1"])
        try engine.checkEveryPrefix()
    }

    /// What needs no waiting is done at once or not at all.
    @Test func nonblocking() throws {
        struct Trying: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let meeting = context.channel(of: Int.self)
                let buffer = context.channel(of: Int.self, capacity: 1)
                let odd = context.channel(of: Int.self, capacity: -3)
                var lines = ["\(try await meeting.trySend(1))", "\(try await meeting.tryReceive() as Any)"]
                lines += ["\(try await buffer.trySend(1)) \(try await buffer.trySend(2)) \(buffer.count)"]
                lines += ["\(try await buffer.tryReceive() ?? 0) \(try await buffer.tryReceive() ?? 0)"]
                lines += ["\(odd.capacity) \(try await odd.trySend(1))"]
                let receiver = context.future { try await meeting.receive() ?? 0 }
                await Task.yield()
                lines += ["\(try await meeting.trySend(5)) \(try await receiver.value)"]
                let sender = context.future { try await meeting.send(6) }
                await Task.yield()
                lines += ["\(try await meeting.tryReceive() ?? 0)"]
                try await sender.value
                return lines
            }
        }
        let lines = ["false", "nil", "true false 1", "1 0", "0 false", "true 5", "6"]
        #expect(try EngineHarness(Trying.self).start().completion?.value() == lines)
    }

    /// A cancelled sender's value is not delivered, and a cancelled receiver takes nothing.
    @Test(arguments: [false, true])
    func cancelledWaitersLeave(cold: Bool) throws {
        struct Leaving: Workflow {
            func run(_ context: WorkflowContext) async throws -> [Int?] {
                let channel = context.channel(of: Int.self)
                let first = context.future { try await channel.send(1) }
                let second = context.future { try await channel.send(2) }
                _ = try await context.receive(Signals.number)
                first.cancel()
                let received = try await channel.receive()
                let third = context.future { try await channel.receive() }
                let fourth = context.future { try await channel.receive() }
                _ = try await context.receive(Signals.number)
                third.cancel()
                try await channel.send(4)
                try await second.value
                Probe.note(await errorText { try await first.value })
                Probe.note(await errorText { _ = try await third.value })
                return [received, try await fourth.value]
            }
        }
        let engine = EngineHarness(Leaving.self)
        try engine.start()
        if cold { try engine.restart() }
        try engine.feed(.signal(Signals.number, 0))
        if cold { try engine.restart() }
        #expect(try engine.feed(.signal(Signals.number, 0)).completion?.value() == [2, 4])
        #expect(engine.journal.entries == ["CancellationError", "CancellationError"])
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    /// Cancelled in the same go in which it was served: the value is its, and not lost.
    @Test func cancelledJustAfterBeingServed() throws {
        struct Race: Workflow {
            func run(_ context: WorkflowContext) async throws -> Int? {
                let channel = context.channel(of: Int.self)
                let receiver = context.future { try await channel.receive() }
                await Task.yield()
                try await channel.send(1)
                receiver.cancel()
                return try await receiver.value
            }
        }
        #expect(try EngineHarness(Race.self).start().completion?.value(Int?.self) == 1)
    }
}
