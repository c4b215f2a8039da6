import AloftCore
import AloftInsight

/// The page that one looks at first: is anything wrong?
struct OverviewPage: Sendable {
    let insight: Insight
    let renderer: Renderer
    let sampler: QueueSampler

    private static let shownFailures = 8
    private static let shownQueues = 8

    func page(_ call: Call) async throws -> Page {
        let counts = try await insight.counts()
        let failures = try await insight.recentFailures(limit: Self.shownFailures)
        let queues = try await insight.queues()
        let workers = try await insight.workers()
        let quarantined = try await insight.instances(matching: InstanceFilter(isQuarantined: true), limit: 5)
        let now = insight.store.now
        sampler.note(queues, at: now)
        return Page(
            title: "Overview",
            section: .overview,
            fragments: [
                renderer.fragment("tiles", "tiles", tiles(counts, quarantined)),
                renderer.fragment(
                    "recent",
                    "recent",
                    RecentModel(
                        base: renderer.base,
                        failures: failures.map { InstanceRowModel($0, base: renderer.base, now: now) },
                        hasFailures: !failures.isEmpty,
                        hasInstances: counts.total > 0
                    )
                ),
                renderer.fragment("fleet", "fleet", fleet(queues, workers)),
            ]
        )
    }

    private func tiles(_ counts: CountsView, _ quarantined: InstanceListView) -> TilesModel {
        let tiles = counts.statuses.map { count in
            TilesModel.Tile(
                style: count.status.replacing(" ", with: "-"),
                word: count.status,
                number: Quantity.count(count.count),
                isZero: count.count == 0,
                link: "\(renderer.base)/instances?status=\(PercentCoding.encode(count.status))"
            )
        }
        let parts = counts.statuses.map { (style: $0.status.replacing(" ", with: "-"), count: $0.count) }
        let words = counts.statuses.filter { $0.count > 0 }.map { "\(Quantity.count($0.count)) \($0.status)" }
        let label = words.isEmpty ? "no instances" : words.joined(separator: ", ")
        let found = quarantined.instances.count
        let number = "\(Quantity.count(found))\(quarantined.next == nil ? "" : " or more")"
        return TilesModel(
            base: renderer.base,
            tiles: tiles,
            total: Quantity.count(counts.total, "instance"),
            bar: StatusBar.svg(parts, label: label),
            quarantined: found == 0 ? nil : "\(number) \(found == 1 ? "instance" : "instances")"
        )
    }

    private func fleet(_ queues: [QueueView], _ workers: [WorkerView]) -> FleetModel {
        let order = queues.sorted { ($1.depth, $0.queue) < ($0.depth, $1.queue) }
        let rows = order.prefix(Self.shownQueues).map { QueueModel($0, base: renderer.base, sampler: sampler) }
        return FleetModel(
            base: renderer.base,
            queues: Array(rows),
            hasQueues: !rows.isEmpty,
            workerCount: Quantity.count(workers.count, "worker"),
            hasWorkers: !workers.isEmpty,
            hosts: Array(Set(workers.map(\.host))).sorted().prefix(6).joined(separator: ", "),
            heldTasks: Quantity.count(workers.reduce(0) { $0 + $1.tasks }, "task"),
            residents: Quantity.count(workers.reduce(0) { $0 + $1.instances }, "instance")
        )
    }
}

struct TilesModel {
    struct Tile {
        var style: String
        var word: String
        var number: String
        var isZero: Bool
        var link: String
    }

    var base: String
    var tiles: [Tile]
    var total: String
    var bar: String
    var quarantined: String?
}

struct RecentModel {
    var base: String
    var failures: [InstanceRowModel]
    var hasFailures: Bool
    var hasInstances: Bool
}

struct FleetModel {
    var base: String
    var queues: [QueueModel]
    var hasQueues: Bool
    var workerCount: String
    var hasWorkers: Bool
    var hosts: String
    var heldTasks: String
    var residents: String
}

/// A queue with its trend.
struct QueueModel {
    var queueName: String
    var queueLink: String
    var depth: String
    var workflowTasks: String
    var activityTasks: String
    var age: String?
    var isOld: Bool
    var serverCount: String
    var isUnserved: Bool
    var spark: String
    var trend: String?
    /// Tasks per minute that workers take.
    var pace: String?

    /// A task that has waited for longer is worth a look.
    private static let patience = Duration.seconds(60)

    init(_ queue: QueueView, base: String, sampler: QueueSampler) {
        queueName = queue.queue
        queueLink = Link.queue(queue.queue, base: base)
        depth = Quantity.count(queue.depth)
        workflowTasks = Quantity.count(queue.workflowTasks)
        activityTasks = Quantity.count(queue.activityTasks)
        age = queue.age.map { Quantity.duration($0) }
        isOld = queue.age.map { $0 > Self.patience } ?? false
        serverCount = Quantity.count(queue.workers, "worker")
        isUnserved = queue.workers == 0
        let samples = sampler.samples(of: queue.queue)
        spark = Sparkline.svg(samples, label: "depth over the last minutes, now \(queue.depth)")
        trend = sampler.growth(of: queue.queue).flatMap(Self.trend)
        pace = sampler.throughput(of: queue.queue).map { "\(Quantity.count(Int($0.rounded()))) / min" }
    }

    private static func trend(_ growth: Double) -> String? {
        let rounded = Int(growth.rounded())
        if rounded == 0 { return "steady" }
        return rounded > 0 ? "+\(Quantity.count(rounded)) / min" : "−\(Quantity.count(-rounded)) / min"
    }
}
