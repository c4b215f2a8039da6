import Aloft
import Testing

/// What a request to cancel the instance, and the end of the workflow, do to futures that are open.
@Suite struct FutureCancellationTests {
    /// Open futures are cancelled in the order in which they were made; those of a shield are not.
    @Test(arguments: [false, true])
    func instanceIsCancelled(cold: Bool) throws {
        struct Fleet: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                for number in 0..<3 { context.future { try await Self.wait(context, "\(number)") } }
                let safe = try await context.shielded {
                    context.future {
                        // What a shielded future starts is shielded too.
                        let inner = context.future { try await context.receive(Signals.number) }
                        return try await inner.value
                    }
                }
                do { try await context.until { false } } catch is CancellationError { Probe.note("root") }
                return try await context.shielded { "safe \(try await safe.value)" }
            }

            static func wait(_ context: WorkflowContext, _ name: String) async throws {
                do { try await context.sleep(for: .seconds(9)) } catch let error as CancellationError {
                    Probe.note(name)
                    throw error
                }
            }
        }
        let engine = EngineHarness(Fleet.self)
        try engine.start()
        if cold { try engine.restart() }
        #expect(try engine.feed(.cancel).cancelledTimers.count == 3)
        #expect(engine.journal.entries == ["root", "0", "1", "2"])
        if cold { try engine.restart() }
        #expect(try engine.feed(.signal(Signals.number, 4)).completion?.value() == "safe 4")
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    /// In a cancelled task a future is not begun; in a shield it is.
    @Test func startedAfterCancel() throws {
        struct Late: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                try? await context.until { false }
                let late = context.future { Probe.note("never") }
                return try await context.shielded {
                    let shielded = context.future { "shielded" }
                    return [
                        "\(late.isDone)", await errorText { try await late.value }, try await shielded.value,
                    ]
                }
            }
        }
        let engine = EngineHarness(Late.self)
        try engine.start()
        let last = try engine.feed(.cancel)
        #expect(try last.completion?.value() == ["true", "CancellationError", "shielded"])
        #expect(engine.journal.entries.isEmpty)
        try engine.checkEveryPrefix()
    }

    /// A future is cancelled as any task is: an activity that it awaits is not cut short, and its result is the future's.
    @Test(arguments: [false, true])
    func activitiesRunToTheirEnd(cold: Bool) throws {
        struct Quick: Workflow {
            func run(_ context: WorkflowContext) async throws -> Int {
                let future = context.future { try await context.activity(Reference.double, 1) }
                _ = try? await context.receive(Signals.number)
                return try await context.shielded { try await future.value }
            }
        }
        let engine = EngineHarness(Quick.self)
        try engine.start()
        if cold { try engine.restart() }
        #expect(try engine.feed(.cancel).completion == nil)
        if cold { try engine.restart() }
        #expect(try engine.feed(.completed(1, 2)).completion?.value() == 2)
        try engine.checkEveryPrefix()
    }

    /// A future that is open when the workflow ends is left behind: its timer goes, and it unwinds with the execution.
    @Test func workflowEndsFirst() throws {
        struct Leaver: Workflow {
            func run(_ context: WorkflowContext) async throws -> Int {
                context.future {
                    do { try await context.sleep(for: .seconds(9)) } catch {
                        Probe.note("\(type(of: error)) \(Task.isCancelled)")
                    }
                }
                return try await context.receive(Signals.number)
            }
        }
        let engine = EngineHarness(Leaver.self)
        try engine.start()
        let last = try engine.feed(.signal(Signals.number, 1))
        #expect(try last.completion?.value() == 1)
        #expect(last.cancelledTimers.count == 1)
        #expect(engine.evict())
        #expect(engine.journal.entries == ["ExecutionHalted false"])
        try engine.checkEveryPrefix(comparingJournal: false)
    }

    /// Whoever unloads the execution learns of a future that ignores every error, though the root has ended.
    @Test func stubbornFutureIsReported() throws {
        struct Stubborn: Workflow {
            func run(_ context: WorkflowContext) async throws {
                context.future { while true { try? await context.sleep(for: .seconds(1)) } }
                _ = try await context.receive(Signals.number)
            }
        }
        let engine = EngineHarness(Stubborn.self)
        try engine.start()
        try engine.feed(.signal(Signals.number, 1))
        #expect(engine.execution.isFinished)
        #expect(!engine.evict())
    }

    /// A future that comes to run when the workflow has ended, and ignores every error, takes nothing of that end back.
    @Test func spinsBehindTheEnd() throws {
        struct Spinning: Workflow {
            func run(_ context: WorkflowContext) async throws -> Int {
                context.future { while true { try? await context.sleep(for: .seconds(1)) } }
                return 1
            }
        }
        let engine = EngineHarness(Spinning.self)
        #expect(try engine.start().completion?.value() == 1)
        #expect(!engine.evict())
        let cold = engine.copy()
        try cold.replay(engine.history)
        #expect(cold.isFinished)
    }
}
