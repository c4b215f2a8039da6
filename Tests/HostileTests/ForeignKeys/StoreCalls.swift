import Aloft
import AloftCore
import AloftRedis

/// Every call of a store, for an instance "victim" and a worker "w", as a worker or a client would make it.
enum StoreCalls {
    typealias Call = (name: String, run: @Sendable (any WorkflowStore) async throws -> Void)

    static let registration = WorkerRegistration(
        worker: "w",
        workflowQueues: [.default],
        activityQueues: [.default],
        workflows: ["Echo"],
        activities: ["shout"],
        host: "test"
    )

    private static let task = WorkflowTask(
        instance: "victim",
        execution: "execution",
        receipt: TaskReceipt(place: "{aloft:0}:q:w:default", entry: "1-1")
    )

    private static let activity = ActivityTask(
        instance: "victim",
        execution: "execution",
        scheduled: .init(command: CommandID(1), name: "shout", queue: nil, input: .none, retry: .default),
        queue: .default,
        lease: ActivityLease(),
        receipt: TaskReceipt(place: "{aloft:0}:q:a:default", entry: "1-1")
    )

    private static func transition(_ store: any WorkflowStore, _ completion: Completion?) -> Transition {
        let body = completion?.event ?? .sideEffectRecorded(CommandID(1), .none)
        var transition = Transition(
            id: "transition",
            worker: "w",
            instance: "victim",
            execution: "execution",
            expectedLength: 0,
            events: [Event(number: 1, timestamp: store.now, body: body)],
            queue: .default,
            receipt: nil,
            consumedInputs: 0
        )
        transition.completion = completion
        if completion == nil {
            transition.timers = [.init(command: CommandID(2), name: "t", due: store.now + .seconds(60))]
            transition.activities = [.init(scheduled: activity.scheduled, isEager: false)]
        }
        return transition
    }

    static let all: [Call] = [
        ("beat", { _ = try await $0.beat(registration, isFirst: true) }),
        (
            "start",
            {
                let start = InstanceStart(instance: "victim", execution: "execution", workflow: "Echo", input: .none)
                _ = try await $0.start(start)
            }
        ),
        ("state", { _ = try await $0.state(of: "victim") }),
        (
            "deliver",
            { try await $0.deliver(.signalReceived(name: "s", .none), to: "victim", execution: nil, id: "id") }
        ),
        ("cancel", { try await $0.deliver(.cancelRequested(reason: ""), to: "victim", execution: nil, id: nil) }),
        ("next workflow tasks", { _ = try await $0.nextWorkflowTasks(for: registration, limit: 5) }),
        ("next activity tasks", { _ = try await $0.nextActivityTasks(for: registration, limit: 5) }),
        ("load", { _ = try await $0.load(task) }),
        ("commit", { _ = try await $0.commit(transition($0, nil)) }),
        ("postpone", { try await $0.postpone(task, by: "w", delay: .zero, problem: "p") }),
        ("finish", { _ = try await $0.finish(activity, by: "w", outcome: .completed(.none)) }),
        ("hand back", { try await $0.handBack(activity, by: "w", delay: .zero) }),
        ("tick", { _ = try await $0.tick(by: "w") }),
        ("release", { try await $0.release(["victim"], by: "w") }),
        ("trial", { try await $0.setTrial(of: Suspect(instance: "victim", execution: "e"), by: "w", isOn: true) }),
        ("lift", { _ = try await $0.liftQuarantine(of: ["victim"]) }),
        ("history", { _ = try await $0.history(of: "victim", after: 0, limit: 10) }),
        ("list", { _ = try await $0.instances(matching: InstanceFilter(), after: nil, limit: 10) }),
        ("counts", { _ = try await $0.instanceCounts() }),
        ("queues", { _ = try await $0.queueStates() }),
        ("pending", { _ = try await $0.pendingActivities(of: "victim") }),
        ("audit", { _ = try await StoreAudit.whole(of: $0) }),
        ("claim", { _ = try await $0.claimAudit(by: "w", every: .seconds(1)) }),
        ("renew", { _ = try await $0.renewAudit(by: "w", every: .seconds(1)) }),
        ("finish instance", { _ = try await $0.commit(transition($0, .completed(.none))) }),
        ("terminate", { try await $0.terminate("victim", execution: nil, reason: "r") }),
        ("remove finished", { _ = try await $0.removeFinished([], before: Timestamp(milliseconds: .max), limit: 5) }),
        ("remove", { try await $0.remove("victim") }),
        ("leave", { try await $0.leave(registration) }),
    ]
}

extension StoreAudit {
    static func whole(of store: any WorkflowStore) async throws -> AuditReport {
        try await WorkflowClient(store: store).audit().report()
    }
}
