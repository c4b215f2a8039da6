import Aloft
import Testing

/// Waits inside an execution are listed, counted and ended as all others.
@Suite struct InnerWaitTests {
    struct Waiting: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let future = context.promise(of: Int.self).future
            let channel = context.channel(of: Int.self)
            let busy = context.waitGroup()
            busy.add(2)
            try await withThrowingTaskGroup { group in
                group.addTask { _ = try await Self.watch { try await future.value } }
                group.addTask { _ = try await Self.watch { try await channel.receive() } }
                group.addTask { try await Self.watch { try await busy.wait() } }
                group.addTask {
                    try await Self.watch {
                        try await context.select(
                            .receive(Signals.text) { _ in },
                            .receive(channel) { _ in },
                            .after(.seconds(60)) {}
                        )
                    }
                }
                group.addTask { for try await _ in channel {} }
                group.addTask { try await context.shielded { try await Self.watch { try await busy.wait() } } }
                try await group.waitForAll()
            }
        }

        static func watch<Value>(_ body: () async throws -> Value) async throws -> Value {
            do { return try await body() } catch {
                Probe.note("\(type(of: error)) \(Task.isCancelled)")
                throw error
            }
        }
    }

    /// Each tells what it waits for, and where.
    @Test(arguments: [false, true])
    func listed(cold: Bool) throws {
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        if cold { try engine.restart() }
        let file = "AloftTests/InnerWaitTests.swift"
        let waits = engine.execution.waits.filter { !$0.subject.hasPrefix("timer") }.map(\.text)
        #expect(
            waits == [
                "the future of \(file):8 at \(file):8",
                "a value from the channel of \(file):9 at \(file):14",
                "a wait group of 2 at \(file):15",
                "signal text or a value from the channel of \(file):9 or 60.0 seconds at \(file):18",
                "a value from the channel of \(file):9 at \(file):9",
                "a wait group of 2 at \(file):26",
            ]
        )
        // Asked from outside of the execution, the list disturbs nothing.
        #expect(!engine.execution.sawForeignJob)
    }

    /// Unloading ends them with the one error, which is no cancellation, shields included.
    @Test func evicted() throws {
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        #expect(engine.execution.waitCount == 7)
        #expect(engine.evict())
        #expect(engine.execution.waitCount == 0)
        #expect(engine.journal.entries == [String](repeating: "ExecutionHalted false", count: 5))
    }

    /// Clean-up while unloading finds every call refused, and those that neither wait nor throw without effect.
    @Test func cleanUpWhileUnloading() throws {
        struct Cleaning: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let channel = context.channel(of: Int.self, capacity: 9)
                let promise = context.promise(of: Int.self)
                let group = context.waitGroup()
                do { _ = try await promise.future.value } catch {
                    Probe.note(await errorText { try await channel.send(1) })
                    Probe.note(await errorText { _ = try await channel.tryReceive() })
                    Probe.note(await errorText { try await group.wait() })
                    Probe.note(await errorText { try await context.select(.default { Probe.note("never") }) })
                    let late = context.future { Probe.note("never") }
                    Probe.note(await errorText { try await late.value })
                    channel.close()
                    promise.fulfil(1)
                    group.add()
                    throw error
                }
            }
        }
        let engine = EngineHarness(Cleaning.self)
        try engine.start()
        #expect(engine.evict())
        #expect(engine.journal.entries == [String](repeating: "ExecutionHalted", count: 5))
    }

    /// A loop that polls without ever waiting is found, as every other that does not come to rest.
    @Test func pollingLoopIsFound() throws {
        struct Polling: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let channel = context.channel(of: Int.self)
                while try await channel.tryReceive() == nil {}
            }
        }
        #expect(try taskFailure { try EngineHarness(Polling.self).start() }.cause == .endlessLoop)
    }

    /// Twenty thousand senders and receivers take twice as long as ten thousand, not four times.
    @Test func manyWaiters() throws {
        struct Crowd: Workflow {
            func run(_ context: WorkflowContext, _ count: Int) async throws -> Int {
                let channel = context.channel(of: Int.self)
                let receivers = (0..<count).map { _ in context.future { try await channel.receive() ?? 0 } }
                // The later half leaves from behind the others.
                _ = try await context.receive(Signals.number)
                for receiver in receivers.suffix(count / 2).reversed() { receiver.cancel() }
                for number in 0..<(count / 2) { try await channel.send(number) }
                var sum = 0
                for receiver in receivers.prefix(count / 2) { sum += try await receiver.value }
                return sum
            }
        }
        let engine = EngineHarness(Crowd.self)
        try engine.start(20_000)
        #expect(try engine.feed(.signal(Signals.number, 0)).completion?.value() == 10_000 * 9_999 / 2)
    }
}
