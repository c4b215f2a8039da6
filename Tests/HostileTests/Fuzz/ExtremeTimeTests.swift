import Aloft
import AloftCore
import AloftRedis
import RedisClient
import Testing

/// Durations and moments at the ends of their ranges.
@Suite("Extreme times") struct ExtremeTimeTests {
    private static let durations: [Duration] = [
        .zero, .seconds(Int64.max), .seconds(Int64.min), .milliseconds(Int64.max), .milliseconds(Int64.min),
        .seconds(Int64.max) * 10, .seconds(Int64.min) * 10, .nanoseconds(1), .nanoseconds(-1), .seconds(1e18),
        .seconds(-1e18),
    ]

    @Test("Reading, adding and subtracting saturates", arguments: durations)
    func arithmetic(_ duration: Duration) {
        let whole = duration.wholeMilliseconds
        #expect(duration > .zero ? whole > 0 : whole <= 0)
        for milliseconds in [0, 1_700_000_000_000, .max, .min] as [Int64] {
            let moment = Timestamp(milliseconds: milliseconds)
            #expect(duration >= .zero ? moment + duration >= moment : moment + duration <= moment)
            _ = moment - Timestamp(milliseconds: 0)
            _ = moment.date
        }
        #expect(duration.boundedForSleep >= .zero && duration.boundedForSleep <= .seconds(Int64(100 * 365 * 86_400)))
    }

    struct Waits: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            var text = ""
            for duration in [.seconds(Int64.max) * 10, .milliseconds(Int64.max), .seconds(3_000_000_000)] as [Duration]
            {
                do {
                    try await context.timeout(.milliseconds(5)) { try await context.sleep(for: duration) }
                } catch is TimeoutError { text += "." }
            }
            for duration in [.seconds(Int64.min) * 10, .milliseconds(Int64.min), .zero] as [Duration] {
                try await context.sleep(for: duration)
                text += "-"
            }
            let retry = RetryPolicy(
                maximumAttempts: .max,
                initialInterval: .seconds(Int64.max) * 10,
                backoffCoefficient: .infinity,
                maximumInterval: .milliseconds(1),
                jitter: .infinity
            )
            let options = ActivityOptions(retry: retry, startToCloseTimeout: .seconds(Int64.max) * 10)
            return text
                + (try await context.activity(ActivityReference<Void, String>("second try"), (), options: options))
        }
    }

    @Test("Timers of ages, timeouts and retries without measure, from workflow code to Redis and back")
    func workflow() async throws {
        for eager in [true, false] {
            try await withHostileFleet { fleet in
                let options = WorkerOptions(
                    eagerActivities: eager,
                    gracePeriod: .seconds(Int64.max),
                    stallLimit: .seconds(Int64.max) * 10
                )
                let activity = ActivityFunction<Void, String>("second try") { context, _ in
                    guard context.attempt > 1 else { throw Again() }
                    return "+"
                }
                try await fleet.withWorker([.workflow(Waits.self), .activity(activity)], options) {
                    let start = StartOptions(
                        executionTimeout: .seconds(Int64.max) * 10,
                        retention: .seconds(Int64.max) * 10
                    )
                    let result = try await fleet.client.start(Waits.self, options: start).result()
                    #expect(result == "...---+")
                    let state = try await fleet.client.start(
                        Waits.self,
                        id: "later",
                        options: StartOptions(moment: .after(.seconds(Int64.max) * 10))
                    ).state()
                    #expect(state.startsAt != nil)
                    try await fleet.client.handle("later", of: Waits.self).terminate()
                }
            }
        }
    }

    @Test("Settings without measure: a store and a worker work with them")
    func settings() async throws {
        let ages = Duration.seconds(Int64.max) * 10
        try await withHostileFleet { configuration in
            configuration.retention = ages
            configuration.continuedRetention = ages
            configuration.leaseDuration = ages
            configuration.pollDuration = ages
            configuration.retryDuration = ages
            configuration.durabilityTimeout = ages
            configuration.maximumPayloadBytes = .max
            configuration.maximumHistoryLength = .max
            configuration.maximumInboxLength = .max
            configuration.redis.maximumReplyBytes = .max
        } _: { fleet in
            let options = WorkerOptions(
                maximumWorkflowTasks: .max,
                maximumActivities: .max,
                maximumResidents: .max,
                gracePeriod: ages,
                problemRetryInterval: ages,
                unknownActivityLimit: ages,
                unknownWorkflowLimit: ages,
                stallLimit: ages,
                auditInterval: ages
            )
            try await fleet.withWorker(Everything.components, options) {
                let handle = try await fleet.client.start(Everything.self, "one", id: "one")
                try await handle.signal(Everything.go, "works")
                let result = try await handle.result()
                #expect(result == "ONE works")
                let findings = try await fleet.audit()
                #expect(findings == [])
            }
        }
    }

    private struct Again: Error {}
}
