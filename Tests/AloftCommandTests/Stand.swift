import AloftClient
import AloftCore
import AloftRedis
import Foundation
import LocalRedis
import Logging
import RedisClient
import Testing

/// A private Redis with a fleet on it that a test fills, and the program that looks at it.
struct Stand: Sendable {
    /// For programs that act, and for those that only look.
    let url: String
    let readerURL: String
    let store: RedisStore
    let redis: RedisClient
    /// Serves "orders"; it is here by its registration only, and does what the test does.
    let worker = WorkerRegistration(
        workflowQueues: ["orders"],
        activityQueues: ["orders"],
        workflows: ["Pay"],
        activities: ["Charge"],
        host: "here:1"
    )

    var client: WorkflowClient { WorkflowClient(store: store) }

    func aloft(_ arguments: String..., environment: [String: String] = [:], input: String? = nil) async throws
        -> ProgramOutcome
    {
        let url = Self.looking.contains(arguments.first ?? "") ? readerURL : url
        let environment = environment.merging(["ALOFT_REDIS_URL": url]) { given, _ in given }
        return try await runAloft(arguments, environment: environment, input: input)
    }

    /// Commands that change nothing: with the rights of who only looks.
    private static let looking: Set<String> = [
        "list", "show", "history", "export", "queues", "workers", "actions",
    ]

    /// - Parameter input: JSON.
    func start(_ id: InstanceID, workflow: String = "Pay", queue: TaskQueue = "orders", input: Payload? = nil)
        async throws
    {
        let start = InstanceStart(
            instance: id,
            workflow: workflow,
            queue: queue,
            input: input ?? Payload(bytes: Array("{\"total\":7}".utf8), encoding: .json),
            memo: ["customer": "ada"]
        )
        #expect(try await store.start(start) == .started)
    }

    /// Carries out the workflow task of an instance: its inputs, then the outputs.
    func decide(
        _ id: InstanceID,
        _ outputs: [EventBody] = [],
        completion: Completion? = nil,
        waits: WaitSummary? = nil
    ) async throws {
        let task = try await task(of: id)
        let loaded = try #require(try await store.load(task))
        let bodies = loaded.inbox.map(\.body) + outputs + [completion?.event].compactMap(\.self)
        let length = loaded.history.count
        var transition = Transition(
            id: "\(id.rawValue.utf8.count)-\(length)",
            worker: worker.worker,
            instance: id,
            execution: task.execution,
            expectedLength: length,
            events: bodies.enumerated().map { Event(number: length + $0 + 1, timestamp: store.now, body: $1) },
            queue: loaded.state.queue,
            receipt: task.receipt,
            consumedInputs: loaded.inbox.count,
            waits: waits
        )
        for case .activityScheduled(let scheduled) in outputs {
            transition.activities.append(.init(scheduled: scheduled, isEager: false))
        }
        transition.completion = completion
        guard case .committed = try await store.commit(transition) else { throw Conflict() }
    }

    struct Conflict: Error {}

    private func task(of id: InstanceID) async throws -> WorkflowTask {
        while true {
            let tasks = try await store.nextWorkflowTasks(for: worker, limit: 1)
            if let task = tasks.first(where: { $0.instance == id }) { return task }
            // Others come first: they go back.
            for task in tasks {
                try await store.postpone(task, by: worker.worker, delay: .milliseconds(10), problem: nil)
            }
        }
    }

    func finished(_ id: InstanceID, _ completion: Completion = .completed(.none)) async throws {
        try await start(id)
        try await decide(id, completion: completion)
    }

    /// An instance whose activity 1, "Charge", has failed once and waits for an hour, at a place in the code.
    func retrying(_ id: InstanceID) async throws {
        try await start(id)
        let scheduled = EventBody.ActivityScheduled(
            command: CommandID(1),
            name: "Charge",
            queue: nil,
            input: .none,
            retry: .default
        )
        let wait = Wait(.activity, "Charge", command: CommandID(1), fileID: "Shop/Orders.swift", line: 42)
        try await decide(id, [.activityScheduled(scheduled)], waits: WaitSummary([wait]))
        let task = try #require(try await store.nextActivityTasks(for: worker, limit: 1).first)
        let failure = Failure(type: "CardDeclined", message: "no funds")
        #expect(try await store.finish(task, by: worker.worker, outcome: .retry(after: .seconds(3600), failure)))
    }
}

func withStand(
    lease: Duration = .seconds(10),
    _ body: (Stand) async throws -> Void
) async throws {
    try await withLocalRedis { server in
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = try RedisStore.Configuration(url: server.storeURL)
        configuration.leaseDuration = lease
        let store = try await RedisStore(configuration, logger: logger)
        let stand = Stand(
            url: server.url(as: "client"),
            readerURL: server.url(as: "reader"),
            store: store,
            redis: RedisClient(try RedisConfiguration(url: server.url), logger: logger)
        )
        let outcome: Result<Void, any Error>
        do {
            _ = try await store.beat(stand.worker, isFirst: true)
            outcome = .success(try await body(stand))
        } catch {
            outcome = .failure(error)
        }
        await stand.redis.shutdown()
        await store.shutdown()
        try outcome.get()
    }
}
