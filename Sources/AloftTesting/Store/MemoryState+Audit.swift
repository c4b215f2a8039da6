internal import AloftCore
internal import DequeModule

extension MemoryState {
    /// Everything that contradicts what must always hold; empty when all is well.
    var findings: [AuditFinding] {
        var findings: [AuditFinding] = []
        if !messages.isEmpty {
            findings.append(AuditFinding(.waitingMessages, nil, "what instances did to each other was not carried out"))
        }
        let items = Dictionary(due.entries.map { ($0.key, $0.item) }) { first, _ in first }
        let entries = queues.queues.mapValues { entries in
            Dictionary(entries.map { ($0.number, $0.instance) }) { first, _ in first }
        }
        var queued: Set<Int> = []
        var waiting: Set<DueList.Key> = []
        for instance in instances.values.sorted(by: { $0.number < $1.number }) {
            func expect(_ condition: Bool, _ kind: AuditFinding.Kind, _ what: String) {
                if !condition { findings.append(AuditFinding(kind, instance.state.instance, what)) }
            }
            func wait(_ key: DueList.Key, for item: DueList.Item) {
                waiting.insert(key)
                expect(items[key] == item, .missingDue, "\(item) is not in the due list")
            }
            func queue(_ entry: Int, in place: QueuePlace) {
                queued.insert(entry)
                expect(
                    entries[place]?[entry] == instance.state.instance,
                    .lostTask,
                    "entry \(entry) is not in \(place)"
                )
            }

            let id = instance.state.instance
            expect(
                instance.state.historyLength == instance.history.count,
                .brokenHistory,
                "its history length is wrong"
            )
            expect(
                instance.history.enumerated().allSatisfy { $0 + 1 == $1.number },
                .brokenHistory,
                "its history has gaps"
            )
            expect(
                (instance.task != nil) == !instance.inbox.isEmpty,
                .lostTask,
                "it has a task without inputs, or inputs without"
            )
            expect(
                instance.isFinished == instance.state.status.isFinished,
                .orphan,
                "its status contradicts its completion"
            )
            expect(instance.state.owner.map { workers[$0] != nil } ?? true, .unknownHolder, "its owner is unknown")
            expect(
                instance.state.isQuarantined == (instance.task?.position == .quarantined),
                .lostTask,
                "quarantine is unclear"
            )

            switch instance.task?.position {
            case .queued(let place): queue(instance.task?.entry ?? 0, in: place)
            case .postponed(let key): wait(key, for: .task(id))
            case .held(let worker): expect(workers[worker] != nil, .unknownHolder, "its task is held by nobody")
            case .quarantined, nil: break
            }
            for (command, activity) in instance.activities {
                switch activity.position {
                case .queued(let entry): queue(entry, in: .activity(activity.queue))
                case .waiting(let key): wait(key, for: .activity(id, command))
                case .leased(let worker, _):
                    expect(workers[worker] != nil, .unknownHolder, "activity \(command) is run by nobody")
                }
            }
            for (command, key) in instance.timers { wait(key, for: .timer(id, command)) }
            for (execution, past) in instance.past { wait(past.expiry, for: .pastExpiry(id, execution)) }
            if let key = instance.deadline { wait(key, for: .deadline(id)) }
            if let key = instance.expiry { wait(key, for: .expiry(id)) }
            if let moment = instance.state.startsAt {
                expect(
                    instance.task.map { $0.position.isPostponed(to: moment) } ?? false,
                    .missingDue,
                    "it begins at no time"
                )
                expect(instance.history.isEmpty, .brokenHistory, "it is to begin and has a history")
            }
            expect(
                (instance.expiry != nil) == instance.isFinished,
                .wrongExpiry,
                "its retention contradicts its status"
            )
            if instance.isFinished {
                let nothing =
                    instance.activities.isEmpty && instance.timers.isEmpty && instance.task == nil
                    && instance.children.isEmpty && instance.deadline == nil
                expect(nothing, .orphan, "it has finished and has still something to do")
            } else {
                expect(
                    (instance.deadline != nil) == (instance.state.deadline != nil),
                    .missingDue,
                    "its deadline is unclear"
                )
            }
            for (command, child) in instance.children {
                let state = instances[child.instance]?.state
                expect(
                    state?.status == .running,
                    .lostOutcome,
                    "sub-workflow \(command) has ended, and it was not told"
                )
                expect(
                    state?.parent == instance.link(command),
                    .lostOutcome,
                    "sub-workflow \(command) belongs to somebody else"
                )
            }
            if let link = instance.state.parent, !instance.isFinished, let parent = instances[link.instance],
                !parent.isFinished, parent.state.execution == link.execution
            {
                expect(parent.children[link.command]?.instance == id, .lostOutcome, "its parent does not know it")
            }
        }
        if queued.count != queues.count {
            findings.append(AuditFinding(.orphan, nil, "the queues have entries that belong to no instance"))
        }
        if waiting.count != due.entries.count {
            findings.append(AuditFinding(.orphan, nil, "the due list has items that belong to no instance"))
        }
        return findings
    }
}

extension MemoryTask.Position {
    fileprivate func isPostponed(to moment: Timestamp) -> Bool {
        if case .postponed(let key) = self { key.moment == moment } else { false }
    }
}
