import Aloft
import Testing

@Suite struct SelectErrorTests {
    /// A failed future's error is thrown, or given to the handler that asks for the result.
    @Test func failedFutures() throws {
        struct Failing: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let future = context.future { try await context.activity(Reference.double, 1) }
                var lines: [String] = []
                lines.append(
                    try await context.select(
                        .result(of: future) { result in
                            switch result {
                            case .success(let value): "\(value)"
                            case .failure(let error): "\(type(of: error))"
                            }
                        }
                    )
                )
                lines.append(await errorText { _ = try await context.select(.await(future) { $0 }, .default { 0 }) })
                return lines
            }
        }
        let engine = EngineHarness(Failing.self)
        try engine.start()
        let last = try engine.feed(.failed(1, PermanentError("no")))
        #expect(try last.completion?.value() == ["ActivityError", "ActivityError"])
    }

    /// What a handler throws is thrown by `select`; the case has happened nevertheless.
    @Test func throwingHandlers() throws {
        struct Throwing: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int.self, capacity: 1)
                try await channel.send(1)
                let error = await errorText {
                    try await context.select(.receive(channel) { _ in throw PermanentError("no") })
                }
                return [error, "\(channel.count)"]
            }
        }
        #expect(try EngineHarness(Throwing.self).start().completion?.value() == ["PermanentError", "0"])
    }

    /// Sending into a closed channel is an error in a `select` too, before it waits and while it does.
    @Test func closedChannels() throws {
        struct Closing: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int.self)
                let waiting = context.future { try await context.select(.send(channel, 1) { "sent" }) }
                await Task.yield()
                channel.close()
                let first = await errorText { _ = try await waiting.value }
                let second = await errorText { try await context.select(.send(channel, 1) {}, .default {}) }
                return [first, second]
            }
        }
        #expect(try EngineHarness(Closing.self).start().completion?.value() == ["ChannelClosed", "ChannelClosed"])
    }

    /// A `select` without a case would wait for ever: it says so, with its place.
    @Test func emptySelect() throws {
        struct Empty: Workflow {
            func run(_ context: WorkflowContext) async throws { try await context.select([SelectCase<Void>]()) }
        }
        let failure = try EngineHarness(Empty.self).start().completion?.failure
        #expect(failure?.message.contains("select at AloftTests/SelectErrorTests.swift:65 has no case") == true)
    }

    /// A signal that does not fit is consumed, and is an error of the `select` that took it, not of the task that fed it.
    @Test func undecodableSignal() throws {
        struct Careful: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                var lines: [String] = []
                for _ in 0..<2 {
                    do {
                        lines.append(try await context.select(.receive(Signals.number) { "number \($0)" }))
                    } catch let error as PayloadError { lines.append(error.type) }
                }
                return lines
            }
        }
        let engine = EngineHarness(Careful.self)
        try engine.start()
        try engine.feed(.signalReceived(name: Signals.number.name, payload("words")))
        #expect(try engine.feed(.signal(Signals.number, 2)).completion?.value() == ["Int", "number 2"])
        try engine.checkEveryPrefix()
    }

    /// A cancelled `select` takes nothing and takes its timer back.
    @Test func cancelled() throws {
        struct Waiting: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                let channel = context.channel(of: Int.self)
                let error = await errorText {
                    try await context.select(
                        .receive(channel) { _ in },
                        .receive(Signals.number) { _ in },
                        .after(.seconds(9)) {}
                    )
                }
                let late = await errorText { try await context.select(.default { Probe.note("never") }) }
                return try await context.shielded {
                    [error, late, "\(try await channel.trySend(1))", "\(try await context.receive(Signals.number))"]
                }
            }
        }
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        #expect(try engine.feed(.cancel).cancelledTimers.count == 1)
        let last = try engine.feed(.signal(Signals.number, 1))
        #expect(try last.completion?.value() == ["CancellationError", "CancellationError", "false", "1"])
        try engine.checkEveryPrefix()
    }
}
