internal import AloftCore
internal import AloftInsight

/// Queues and workers for people.
enum FleetText {
    static func queues(_ queues: [QueueView], _ terminal: Terminal) -> [Styled] {
        guard !queues.isEmpty else { return ["There are no queues: nothing waits, and no worker serves one."] }
        var table = Table([
            .init("QUEUE", minimum: 10), .init("WORKFLOW TASKS", isRight: true), .init("ACTIVITIES", isRight: true),
            .init("OLDEST WAITS", isRight: true), .init("WORKERS", isRight: true), .init(""),
        ])
        for queue in queues {
            let isStuck = queue.depth > 0 && queue.workers == 0
            table.add([
                Styled(queue.queue, .bold), Styled(Quantity.count(queue.workflowTasks)),
                Styled(Quantity.count(queue.activityTasks)), Styled(queue.age.map { Quantity.duration($0) } ?? ""),
                Styled(Quantity.count(queue.workers), isStuck ? .red : nil),
                isStuck ? Styled("nobody serves it", .red) : "",
            ])
        }
        return table.lines(terminal)
    }

    static func workers(_ workers: [WorkerView], now: Timestamp, _ terminal: Terminal) -> [Styled] {
        guard !workers.isEmpty else { return ["There are no live workers."] }
        var table = Table([
            .init("WORKER", minimum: 10), .init("HOST", minimum: 10), .init("SINCE", isRight: true),
            .init("LAST BEAT", isRight: true), .init("IN MEMORY", isRight: true), .init("TASKS", isRight: true),
            .init("QUEUES", minimum: 10), .init("RUNS", minimum: 10),
        ])
        for worker in workers {
            let beat = Quantity.duration(.milliseconds(worker.heartbeatMilliseconds))
            table.add([
                Styled(worker.worker, .bold), Styled(worker.host),
                Styled(worker.since.map { InstanceText.since($0, now) } ?? ""), Styled("\(beat) ago"),
                Styled(Quantity.count(worker.instances)), Styled(Quantity.count(worker.tasks)),
                Styled(worker.queues.joined(separator: " ")),
                Styled((worker.workflows + worker.activities).joined(separator: " "), .faint),
            ])
        }
        return table.lines(terminal)
    }

    static func work(_ work: [WorkView]) -> [Styled] {
        guard !work.isEmpty else { return ["It has nothing in hand, or is not known."] }
        return work.map { item in
            Styled(item.instance, .bold) + Styled(item.command.map { "  activity \($0)" } ?? "", .faint)
        }
    }

    static func actions(_ actions: [ActionView], _ terminal: Terminal) -> [Styled] {
        guard !actions.isEmpty else { return ["Nothing was done by hand."] }
        var table = Table([
            .init("TIME"), .init("WHO", minimum: 8), .init("FROM", minimum: 8), .init("DID", minimum: 10),
            .init("TO", minimum: 10), .init("OUTCOME", minimum: 8),
        ])
        for action in actions {
            table.add([
                Styled("\(action.time.date) \(action.time.time.prefix(8))"), Styled(action.who),
                Styled(action.from, .faint),
                Styled(action.action, .bold) + Styled(action.reason.map { " (\($0))" } ?? "", .faint),
                Styled(action.instance ?? action.subject ?? ""),
                Styled(action.outcome, action.isFailure ? .red : nil),
            ])
        }
        return table.lines(terminal)
    }

    /// "3 running · 12 completed"
    static func counts(_ counts: CountsView) -> Styled {
        var line = Styled("")
        for count in counts.statuses where count.count > 0 {
            if !line.isEmpty { line += " · " }
            line += Styled("\(Quantity.count(count.count)) \(count.status)", InstanceText.tint(ofStatus: count.status))
        }
        return line.isEmpty ? "no instances" : line
    }
}
