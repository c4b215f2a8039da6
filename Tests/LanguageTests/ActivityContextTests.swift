import Aloft
import Foundation
import Logging
import Synchronization
import Testing

/// What an activity is told about itself.
@Suite struct ActivityContextTests {
    struct Told: Codable, Sendable, Equatable {
        var instance: InstanceID
        var execution: ExecutionID
        var activity: CommandID
        var name: String
        var attempt: Int
        var queue: TaskQueue
        var key: String
    }

    /// Fails at first, so that there are two attempts.
    final class Telling: Activity {
        struct Again: Error {}

        let keys = Mutex<[String]>([])

        func run(_ context: ActivityContext, _ hasDeadline: Bool) async throws -> Told {
            keys.withLock { $0.append(context.idempotencyKey) }
            context.logger.warning("here")
            guard hasDeadline == (context.deadline != nil) else { throw PermanentError("deadline") }
            guard context.deadline.map({ $0 > Date(timeIntervalSinceNow: -60) }) ?? true else {
                throw PermanentError("the deadline has passed")
            }
            guard context.attempt > 1 else { throw Again() }
            return Told(
                instance: context.instance,
                execution: context.execution,
                activity: context.activity,
                name: context.name,
                attempt: context.attempt,
                queue: context.queue,
                key: context.idempotencyKey
            )
        }
    }

    struct Asking: Workflow {
        func run(_ context: WorkflowContext) async throws -> [Told] {
            var told: [Told] = []
            for limit in [nil, Duration.seconds(3600)] {
                let retry = RetryPolicy(initialInterval: .milliseconds(5))
                let options = ActivityOptions(retry: retry, startToCloseTimeout: limit)
                told.append(try await context.activity(Telling.self, limit != nil, options: options))
            }
            return told
        }
    }

    @Test(
        "Whose it is, which attempt, until when, and a key that attempts share and activities do not",
        arguments: Setup.all
    )
    func context(_ setup: Setup) async throws {
        let telling = Telling()
        let logs = LogRecorder()
        try await withFleet(setup) { fleet in
            try await fleet.withWorker(logger: logs.logger) {
                Asking.self
                telling
            } body: {
                let handle = try await fleet.client.start(Asking.self, id: "asking")
                let told = try await handle.result()
                let execution = try await handle.state().execution
                #expect(told.map(\.instance) == ["asking", "asking"])
                #expect(told.map(\.execution) == [execution, execution])
                #expect(told.map(\.activity) == [CommandID(1), CommandID(2)])
                #expect(told.map(\.name) == ["Telling", "Telling"])
                #expect(told.map(\.attempt) == [2, 2])
                #expect(told.map(\.queue) == ["default", "default"])
                #expect(telling.keys.withLock { $0 } == [told[0].key, told[0].key, told[1].key, told[1].key])
                #expect(told[0].key != told[1].key)
                let lines = logs.lines.filter { $0.hasPrefix("here") }
                #expect(lines.count == 4)
                #expect(lines.allSatisfy { $0.contains("asking") && $0.contains("Telling") })
            }
        }
    }
}
