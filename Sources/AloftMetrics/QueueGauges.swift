package import AloftCore
package import CoreMetrics

/// The numbers of each queue, and of what waits for people. A plain value with handles.
package struct QueueGauges {
    private struct Handles {
        let tasks: [TaskKind: Meter]
        let ages: [TaskKind: Meter]
        let workers: Meter
    }

    private let factory: any MetricsFactory
    private let limit: Int
    private let quarantined: Meter
    private var handles: [String: Handles] = [:]

    /// - Parameter limit: How many queues are told apart. All further ones are added up as "other".
    package init(_ factory: any MetricsFactory, limit: Int = 100) {
        self.factory = factory
        self.limit = limit
        quarantined = factory.gauge(MetricCatalogue.quarantinedInstances)
    }

    /// - Parameter count: How many instances are quarantined.
    package mutating func set(_ states: [QueueState], quarantined count: Int = 0, at now: Timestamp) {
        quarantined.set(count)
        var sums: [String: QueueState] = [:]
        for state in states {
            var name = "\(state.queue)"
            let isKnown = handles[name] != nil || sums[name] != nil
            if !isKnown, Set(handles.keys).union(sums.keys).count >= limit { name = HandleFamily<Meter>.other }
            sums[name] = sums[name].map { $0.adding(state) } ?? state
        }
        for (name, sum) in sums {
            let handles = handles(of: name)
            handles.tasks[.workflow]?.set(sum.workflowTasks)
            handles.tasks[.activity]?.set(sum.activityTasks)
            handles.ages[.workflow]?.set(Self.age(sum.oldestWorkflowTask, now))
            handles.ages[.activity]?.set(Self.age(sum.oldestActivityTask, now))
            handles.workers.set(sum.workers)
        }
        // Nothing waits there any more, and nobody serves it.
        for (name, handles) in handles where sums[name] == nil {
            for meter in Array(handles.tasks.values) + handles.ages.values + [handles.workers] { meter.set(0) }
        }
    }

    private mutating func handles(of name: String) -> Handles {
        if let present = handles[name] { return present }
        func both(_ metric: MetricDescription) -> [TaskKind: Meter] {
            [
                .workflow: factory.gauge(metric, name, TaskKind.workflow.rawValue),
                .activity: factory.gauge(metric, name, TaskKind.activity.rawValue),
            ]
        }
        let made = Handles(
            tasks: both(MetricCatalogue.queueTasks),
            ages: both(MetricCatalogue.queueOldestTaskAge),
            workers: factory.gauge(MetricCatalogue.queueWorkers, name)
        )
        handles[name] = made
        return made
    }

    private static func age(_ moment: Timestamp?, _ now: Timestamp) -> Double {
        guard let moment else { return 0 }
        return max(0, Double(now.milliseconds - moment.milliseconds) / 1_000)
    }
}

extension QueueState {
    fileprivate func adding(_ other: QueueState) -> QueueState {
        func earlier(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? { [left, right].compactMap(\.self).min() }
        var sum = self
        sum.workflowTasks += other.workflowTasks
        sum.activityTasks += other.activityTasks
        sum.oldestWorkflowTask = earlier(oldestWorkflowTask, other.oldestWorkflowTask)
        sum.oldestActivityTask = earlier(oldestActivityTask, other.oldestActivityTask)
        // Of the worst: none, if one of them has none.
        sum.workers = min(workers, other.workers)
        return sum
    }
}

/// What a task is for.
package enum TaskKind: String {
    case workflow
    case activity
}
