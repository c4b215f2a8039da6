import Aloft
import Testing

/// Futures, channels and the like belong to the execution that made them.
@Suite struct OwnershipTests {
    /// What one workflow leaves for another to find.
    static let leftBehind = Shared<(Channel<Int>, WorkflowPromise<Int>, WaitGroup)?>(nil)

    struct Owner: Workflow {
        func run(_ context: WorkflowContext) async throws -> Int {
            let channel = context.channel(of: Int.self)
            OwnershipTests.leftBehind.value = (channel, context.promise(of: Int.self), context.waitGroup())
            return try await channel.receive() ?? 0
        }
    }

    struct Stranger: Workflow {
        func run(_ context: WorkflowContext, _ call: String) async throws -> String {
            guard let (channel, promise, group) = OwnershipTests.leftBehind.value else { return "nothing" }
            switch call {
            case "send": try await channel.send(1)
            case "try": _ = try await channel.trySend(1)
            case "receive": _ = try await channel.receive()
            case "iterate": for try await _ in channel { break }
            case "value": _ = try await promise.future.value
            case "wait": try await group.wait()
            case "select": try await context.select(.default {}, .send(channel, 1) {})
            case "close": channel.close()
            case "fulfil": promise.fulfil(1)
            case "add": group.add()
            case "count": _ = channel.count
            case "done": _ = promise.future.isDone
            default: return "unknown call"
            }
            return "went through"
        }
    }

    /// One suite for both: they share what is left behind.
    @Test func otherExecution() throws {
        let owner = EngineHarness(Owner.self)
        try owner.start()

        for call in ["send", "try", "receive", "iterate", "value", "wait", "select"] {
            let failure = try EngineHarness(Stranger.self).start(call).completion?.failure
            #expect(failure?.message.contains("belongs to another execution") == true, "\(call)")
        }
        // Those that cannot throw fail the task of the one who called.
        for call in ["close", "fulfil", "add", "count", "done"] {
            let failure = try taskFailure { try EngineHarness(Stranger.self).start(call) }
            #expect(failure.message.contains("belongs to another execution"), "\(call)")
        }

        // The owner has not noticed anything.
        #expect(!owner.execution.sawForeignJob)
        #expect(owner.execution.waitCount == 1)
        #expect(try owner.feed(.cancel).completion?.status == .cancelled)

        // What is left of an earlier life in memory is another execution too.
        let again = EngineHarness(Owner.self)
        try again.start()
        let old = OwnershipTests.leftBehind.value
        try again.restart()
        OwnershipTests.leftBehind.value = old
        let failure = try EngineHarness(Stranger.self).start("send").completion?.failure
        #expect(failure?.message.contains("belongs to another execution") == true)
        OwnershipTests.leftBehind.value = nil
    }

    /// From a task that does not belong to any execution nothing is done, and the workflow's task fails.
    @Test(arguments: ["close", "fulfil", "count"])
    func outside(call: String) async throws {
        struct Outside: Workflow {
            func run(_ context: WorkflowContext, _ call: String) async throws {
                let channel = context.channel(of: Int.self)
                let promise = context.promise(of: Int.self)
                await Task.detached {
                    switch call {
                    case "close": channel.close()
                    case "fulfil": Probe.note("\(promise.fulfil(1))")
                    default: _ = channel.count
                    }
                }.value
            }
        }
        let engine = EngineHarness(Outside.self)
        // The detached task may be faster than the executor or not; the next input fails in any case.
        let failure = try taskFailure {
            try engine.start(call)
            try engine.feed(.cancel)
        }
        #expect(failure.cause == .foreignAwait)
    }
}
