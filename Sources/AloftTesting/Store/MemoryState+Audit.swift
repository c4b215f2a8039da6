internal import AloftCore
internal import DequeModule

extension MemoryState {
    /// Everything that contradicts what must always hold, in words; empty when all is well.
    var violations: [String] {
        var violations: [String] = []
        var queued: Set<Int> = []
        var waiting: Set<DueList.Key> = []
        for instance in instances.values.sorted(by: { $0.number < $1.number }) {
            func expect(_ condition: Bool, _ what: String) {
                if !condition { violations.append("instance \(instance.state.instance): \(what)") }
            }
            func wait(_ key: DueList.Key, for item: DueList.Item) {
                waiting.insert(key)
                let found = due.entries.first { $0.key == key }?.item
                expect(found == item, "\(item) is not in the due list")
            }
            func queue(_ entry: Int, in place: QueuePlace) {
                queued.insert(entry)
                let found = queues.queues[place]?.contains {
                    $0.number == entry && $0.instance == instance.state.instance
                }
                expect(found == true, "entry \(entry) is not in \(place)")
            }

            let id = instance.state.instance
            expect(instance.state.historyLength == instance.history.count, "its history length is wrong")
            expect(instance.history.enumerated().allSatisfy { $0 + 1 == $1.number }, "its history has gaps")
            expect((instance.task != nil) == !instance.inbox.isEmpty, "it has a task without inputs, or inputs without")
            expect(instance.isFinished == instance.state.status.isFinished, "its status contradicts its completion")
            expect(instance.state.owner.map { workers[$0] != nil } ?? true, "its owner is unknown")
            expect(instance.state.isQuarantined == (instance.task?.position == .quarantined), "quarantine is unclear")

            switch instance.task?.position {
            case .queued(let place): queue(instance.task?.entry ?? 0, in: place)
            case .postponed(let key): wait(key, for: .task(id))
            case .held(let worker): expect(workers[worker] != nil, "its task is held by nobody")
            case .quarantined, nil: break
            }
            for (command, activity) in instance.activities {
                switch activity.position {
                case .queued(let entry): queue(entry, in: .activity(activity.queue))
                case .waiting(let key): wait(key, for: .activity(id, command))
                case .leased(let worker, _): expect(workers[worker] != nil, "activity \(command) is run by nobody")
                }
            }
            for (command, key) in instance.timers { wait(key, for: .timer(id, command)) }
            if instance.isFinished {
                let nothing = instance.activities.isEmpty && instance.timers.isEmpty && instance.task == nil
                expect(nothing, "it has finished and has still something to do")
                let expiries = due.entries.filter { $0.item == .expiry(id) }
                expect(expiries.count == 1, "it has finished and has \(expiries.count) ends of retention")
                waiting.formUnion(expiries.map(\.key))
            }
        }
        if queued.count != queues.count { violations.append("the queues have entries that belong to no instance") }
        if waiting.count != due.entries.count { violations.append("the due list has items that belong to no instance") }
        return violations
    }
}
