internal import AloftCore
internal import DequeModule

extension MemoryState {
    mutating func commit(_ transition: Transition) throws(StoreError) -> CommitOutcome {
        guard var instance = instances.removeValue(forKey: transition.instance) else { return .conflict }
        defer { instances[transition.instance] = instance }
        guard instance.state.execution == transition.execution else { return .conflict }
        if instance.lastTransition == transition.id {
            return .committed(inputs: remainingInputs(of: instance, after: transition))
        }
        guard accepts(transition, instance) else { return .conflict }
        try checkLimits(transition)
        apply(transition, to: &instance)
        return .committed(inputs: remainingInputs(of: instance, after: transition))
    }

    /// The fence: whether the execution is as the worker believes it to be, and the worker has what it claims to have.
    private func accepts(_ transition: Transition, _ instance: MemoryInstance) -> Bool {
        guard !instance.isFinished, isAlive(transition.worker),
            instance.history.count == transition.expectedLength
        else { return false }
        if let receipt = transition.receipt {
            guard instance.isCurrent(receipt), instance.task?.position == .held(transition.worker),
                transition.consumedInputs <= instance.inbox.count
            else { return false }
        }
        return transition.settled.allSatisfy { settled in
            instance.activities[settled.command]?
                .isRun(by: transition.worker, lease: settled.lease, receipt: settled.receipt) ?? false
        }
    }

    private func checkLimits(_ transition: Transition) throws(StoreError) {
        for event in transition.events { try check(event.body, of: transition.instance) }
        for activity in transition.activities { try activity.scheduled.queue?.validated() }
        let length = transition.expectedLength + transition.events.count
        // An end is always accepted: an instance at the limit could not even be failed otherwise.
        guard length <= limits.historyLength || transition.completion != nil else {
            throw StoreError(
                .historyTooLong,
                "the history of instance \"\(transition.instance)\" would have \(length) events, at most "
                    + "\(limits.historyLength) are allowed"
            )
        }
    }

    private mutating func apply(_ transition: Transition, to instance: inout MemoryInstance) {
        instance.history.append(contentsOf: transition.events)
        instance.state.historyLength = instance.history.count
        instance.state.owner = transition.isResident ? transition.worker : nil
        if !instance.state.isQuarantined { instance.state.problem = nil }
        instance.lastTransition = transition.id

        for settled in transition.settled { instance.activities[settled.command] = nil }
        if transition.receipt != nil {
            instance.inbox.removeFirst(max(0, transition.consumedInputs))
            // What is left is held on; progress was made, so the count of crashes begins anew.
            if instance.inbox.isEmpty { dropTask(of: &instance) } else { instance.task?.crashes = 0 }
        }
        if let completion = transition.completion {
            finish(&instance, with: completion)
            return
        }
        for command in transition.cancelledTimers {
            if let key = instance.timers.removeValue(forKey: command) { due.remove(key) }
        }
        for timer in transition.timers {
            let key = due.add(.timer(transition.instance, timer.command), at: timer.due)
            // A command has one timer, whatever the engine says.
            if let old = instance.timers.updateValue(key, forKey: timer.command) { due.remove(old) }
        }
        for activity in transition.activities { schedule(activity, for: &instance, by: transition.worker) }
    }

    /// Nothing is left of a finished instance but its state and its history, and these only for a while.
    private mutating func finish(_ instance: inout MemoryInstance, with completion: Completion) {
        dropTask(of: &instance)
        instance.inbox.removeAll()
        for activity in instance.activities.values { unqueue(activity) }
        instance.activities = [:]
        for key in instance.timers.values { due.remove(key) }
        instance.timers = [:]

        instance.completion = completion
        instance.state.status = completion.status
        instance.state.finishedAt = now
        instance.state.owner = nil
        instance.state.problem = nil
        instance.state.isQuarantined = false
        let id = instance.state.instance
        _ = due.add(.expiry(id), at: now + instance.retention)
        wake(.finished(id, completion))
    }

    /// What the worker goes on with, if it still holds the task.
    private func remainingInputs(of instance: MemoryInstance, after transition: Transition) -> [DeliveredInput] {
        guard let receipt = transition.receipt, instance.isCurrent(receipt),
            instance.task?.position == .held(transition.worker)
        else { return [] }
        return Array(instance.inbox.prefix(limits.inputs))
    }
}
