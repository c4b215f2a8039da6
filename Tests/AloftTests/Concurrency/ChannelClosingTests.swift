import Aloft
import Testing

@Suite struct ChannelClosingTests {
    /// Values that are kept survive the closing; senders that wait, and later ones, are told.
    @Test func closingABuffer() throws {
        struct Closing: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int.self, capacity: 2)
                try await channel.send(1)
                try await channel.send(2)
                let waiting = context.future { try await channel.send(3) }
                await Task.yield()
                channel.close()
                channel.close()
                var lines = ["closed \(channel.isClosed), count \(channel.count)"]
                lines.append(await errorText { try await waiting.value })
                lines.append(await errorText { try await channel.send(4) })
                lines.append(await errorText { _ = try await channel.trySend(5) })
                for _ in 0..<3 { lines.append("\(try await channel.receive() ?? 0)") }
                lines.append("\(try await channel.tryReceive() ?? 0)")
                return lines
            }
        }
        let lines = [
            "closed true, count 2", "ChannelClosed", "ChannelClosed", "ChannelClosed", "1", "2", "0", "0",
        ]
        #expect(try EngineHarness(Closing.self).start().completion?.value() == lines)
    }

    /// As a sequence a channel ends when it is closed and empty; each value goes to one of those who iterate.
    @Test(arguments: [0, 2])
    func sequence(capacity: Int) throws {
        struct Pipeline: Workflow {
            func run(_ context: WorkflowContext, _ capacity: Int) async throws -> Int {
                let channel = context.channel(of: Int.self, capacity: capacity)
                let readers = (0..<2).map { reader in
                    context.future {
                        var sum = 0
                        for try await number in channel {
                            Probe.note("\(reader) got \(number)")
                            sum += try await context.activity(Reference.double, number)
                        }
                        return sum
                    }
                }
                for number in 1...4 { try await channel.send(number) }
                channel.close()
                var sum = 0
                for reader in readers { sum += try await reader.value }
                return sum
            }
        }
        let engine = EngineHarness(Pipeline.self)
        try engine.start(capacity)
        for number in 1...4 {
            try engine.restart()
            try engine.feed(.completed(number, number * 2))
        }
        #expect(try engine.completion?.value() == 20)
        try engine.checkEveryPrefix(comparingJournal: false)
    }

    /// An element may be an optional: `nil` as a value is not the end.
    @Test func optionalElements() throws {
        struct Optionals: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int?.self, capacity: 2)
                try await channel.send(nil)
                try await channel.send(1)
                channel.close()
                var lines: [String] = []
                for try await number in channel { lines.append("\(number ?? 0)") }
                return lines
            }
        }
        #expect(try EngineHarness(Optionals.self).start().completion?.value() == ["0", "1"])
    }

    /// Clean-up that runs in a cancelled task may close, since that waits for nothing.
    @Test func closingWhileCancelled() throws {
        struct Cleaning: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let channel = context.channel(of: Int.self)
                let reader = try await context.shielded {
                    context.future { Probe.note("end: \(try await channel.receive() == nil)") }
                }
                defer { channel.close() }
                do { try await context.until { false } } catch {
                    Probe.note(await errorText { try await channel.send(1) })
                    Probe.note(await errorText { _ = try await channel.tryReceive() })
                    channel.close()
                    try await context.shielded { try await reader.value }
                    throw error
                }
            }
        }
        let engine = EngineHarness(Cleaning.self)
        try engine.start()
        #expect(try engine.feed(.cancel).completion?.status == .cancelled)
        #expect(engine.journal.entries == ["CancellationError", "CancellationError", "end: true"])
        try engine.checkEveryPrefix()
    }
}
