import Aloft
import Synchronization
import Testing

extension ConcurrencyTests {
    struct Scopes: Workflow {
        func run(_ context: WorkflowContext) async throws -> [String] {
            let lines = Lines()
            do {
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        defer { lines.add("left") }
                        try await withTaskCancellationHandler {
                            try await context.sleep(for: .seconds(3600))
                        } onCancel: {
                            lines.add("told")
                        }
                    }
                    group.addTask {
                        _ = try await context.activity(ConcurrencyTests.double, 1)
                        throw PermanentError("enough")
                    }
                    for try await _ in group {}
                }
            } catch { lines.add("\(error)") }
            // Only what a replay repeats in the same order may go on from here.
            return try await context.activity(ActivityReference<[String], [String]>("same"), lines.all)
        }

        final class Lines: Sendable {
            private let lines = Mutex<[String]>([])
            var all: [String] { lines.withLock { $0 } }
            func add(_ line: String) { lines.withLock { $0.append(line) } }
        }
    }

    @Test("The first error of a group cancels the others; handlers and defer run", arguments: Setup.all)
    func scopes(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Scopes.self
            ActivityFunction(Self.double) { _, number in 2 * number }
            ActivityFunction("same") { (lines: [String]) in lines }
        } body: { fleet in
            let result = try await fleet.client.start(Scopes.self).result()
            #expect(result == ["told", "left", "enough"])
        }
    }

    struct Polling: Workflow {
        func run(_ context: WorkflowContext) async throws -> [Int] {
            let channel = context.channel(of: Int.self, capacity: 1)
            var seen = [try await channel.tryReceive() ?? -1]
            seen.append(try await channel.trySend(1) ? 1 : 0)
            seen.append(try await channel.trySend(2) ? 1 : 0)
            _ = try await context.activity(ConcurrencyTests.double, 1)
            seen.append(try await channel.tryReceive() ?? -1)
            channel.close()
            do { _ = try await channel.trySend(3) } catch is ChannelClosed { seen.append(-2) }
            return seen
        }
    }

    @Test("Channels without waiting", arguments: Setup.all)
    func polling(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Polling.self
            ActivityFunction(Self.double) { _, number in 2 * number }
        } body: { fleet in
            let result = try await fleet.client.start(Polling.self).result()
            #expect(result == [-1, 1, 0, 1, -2])
        }
    }
}
