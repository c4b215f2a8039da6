import AloftCore
import AloftInsight
internal import HTTPTypes

/// The queues, and the workers that serve them.
struct FleetPages: Sendable {
    let insight: Insight
    let renderer: Renderer
    let sampler: QueueSampler

    private static let shownWork = 50

    func queues(_ call: Call) async throws -> Page {
        let queues = try await insight.queues()
        sampler.note(queues, at: insight.store.now)
        let rows = queues.map { QueueModel($0, base: renderer.base, sampler: sampler) }
        let model = QueuesModel(base: renderer.base, queues: rows, hasQueues: !rows.isEmpty)
        return Page(title: "Queues", section: .queues, fragments: [renderer.fragment("queues", "queues", model)])
    }

    func workers(_ call: Call) async throws -> Page {
        let workers = try await insight.workers().map { WorkerModel($0, base: renderer.base) }
        let model = WorkersModel(base: renderer.base, workers: workers, hasWorkers: !workers.isEmpty)
        return Page(title: "Workers", section: .workers, fragments: [renderer.fragment("workers", "workers", model)])
    }

    func worker(_ call: Call) async throws -> Page {
        guard let id = call.request.query["id"] else { throw HTTPProblem.badRequest("which worker? Add ?id=…") }
        guard let worker = try await insight.workers().first(where: { $0.worker == id }) else {
            throw HTTPProblem(
                .notFound,
                "worker-not-found",
                "there is no live worker \(id.visible); what it had in hand is with others by now"
            )
        }
        let work = try await insight.work(of: WorkerID(id), limit: Self.shownWork)
        let rows = try await rows(work, of: WorkerID(id))
        let model = WorkerPageModel(
            base: renderer.base,
            worker: WorkerModel(worker, base: renderer.base),
            workflowNames: worker.workflows.sorted(),
            activityNames: worker.activities.sorted(),
            hasWorkflows: !worker.workflows.isEmpty,
            hasActivities: !worker.activities.isEmpty,
            work: rows,
            hasWork: !rows.isEmpty,
            isSample: rows.count >= Self.shownWork
        )
        return Page(title: "Worker \(id)", section: .workers, fragments: [renderer.fragment("worker", "worker", model)])
    }
}

extension FleetPages {
    /// What a worker has in hand, with what its instances are and which activities run.
    private func rows(_ work: [WorkView], of worker: WorkerID) async throws -> [WorkModel] {
        let (store, base) = (insight.store, renderer.base)
        return try await withThrowingTaskGroup(of: (Int, WorkModel).self) { group in
            for (index, item) in work.enumerated() {
                group.addTask {
                    let instance = InstanceID(item.instance)
                    let state = try await store.state(of: instance)
                    // It may have ended meanwhile.
                    let page = try? await store.pendingActivities(of: instance, after: nil, limit: 200)
                    let pending = page?.activities ?? []
                    let running = pending.filter { activity in
                        item.command.map { activity.command.number == $0 } ?? (activity.position == .running(worker))
                    }
                    let names = running.map { $0.attempt > 1 ? "\($0.name), attempt \($0.attempt)" : $0.name }
                    let model = WorkModel(
                        instanceID: item.instance,
                        instanceLink: Link.instance(item.instance, base: base),
                        workflowName: state?.workflow ?? "",
                        what: names.isEmpty ? "in memory" : "runs \(names.prefix(5).joined(separator: "; "))"
                    )
                    return (index, model)
                }
            }
            var rows: [Int: WorkModel] = [:]
            for try await (index, row) in group { rows[index] = row }
            return work.indices.compactMap { rows[$0] }
        }
    }
}

struct QueuesModel {
    var base: String
    var queues: [QueueModel]
    var hasQueues: Bool
}

struct WorkersModel {
    var base: String
    var workers: [WorkerModel]
    var hasWorkers: Bool
}

struct WorkerModel {
    struct Queue {
        var servedName: String
        var servedLink: String
        var servedKind: String
    }

    var workerID: String
    var workerLink: String
    var host: String
    var since: TimeModel?
    var beat: String
    var isLate: Bool
    var served: [Queue]
    var instanceCount: String
    var taskCount: String
    var knows: String

    /// A worker beats several times per lease.
    private static let lateAfter: Int64 = 5_000

    init(_ worker: WorkerView, base: String) {
        workerID = worker.worker
        workerLink = Link.worker(worker.worker, base: base)
        host = worker.host
        since = worker.since.map { TimeModel($0) }
        beat = Quantity.duration(.milliseconds(worker.heartbeatMilliseconds))
        isLate = worker.heartbeatMilliseconds > Self.lateAfter
        served = worker.queues.map { queue in
            let decides = worker.workflowQueues.contains(queue)
            let works = worker.activityQueues.contains(queue)
            return Queue(
                servedName: queue,
                servedLink: Link.queue(queue, base: base),
                servedKind: decides && works ? "" : decides ? "workflows" : "activities"
            )
        }
        instanceCount = Quantity.count(worker.instances)
        taskCount = Quantity.count(worker.tasks)
        knows =
            Quantity.count(worker.workflows.count, "workflow") + ", "
            + Quantity.count(worker.activities.count, "activity", "activities")
    }
}

struct WorkModel {
    var instanceID: String
    var instanceLink: String
    var workflowName: String
    var what: String
}

struct WorkerPageModel {
    var base: String
    var worker: WorkerModel
    var workflowNames: [String]
    var activityNames: [String]
    var hasWorkflows: Bool
    var hasActivities: Bool
    var work: [WorkModel]
    var hasWork: Bool
    var isSample: Bool
}
