internal import AloftCore
internal import DequeModule

extension MemoryState {
    mutating func commit(_ transition: Transition) throws(StoreError) -> CommitOutcome {
        if instances[transition.instance]?.lastTransition != transition.id {
            guard accepts(transition) else { return .conflict }
            try check(transition)
            apply(transition)
        }
        return .committed(inputs: remainingInputs(after: transition))
    }

    /// The fence: whether the execution is as the worker believes it to be, and the worker has what it claims to have.
    private func accepts(_ transition: Transition) -> Bool {
        guard let instance = instances[transition.instance], instance.state.execution == transition.execution,
            !instance.isFinished, isAlive(transition.worker),
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

    private mutating func apply(_ transition: Transition) {
        let id = transition.instance
        edit(id) { $0.record(transition, in: &$1) }
        for child in transition.subWorkflows { startSubWorkflow(child, of: id) }
        for command in transition.cancelledSubWorkflows { cancelSubWorkflow(command, of: id) }
        for signal in transition.signals { send(signal, from: id, transition.execution) }
        edit(id) { state, instance in
            if let completion = transition.completion {
                state.close(&instance, with: completion)
            } else if instance.inbox.isEmpty {
                // Only now: what came of the above goes to whoever holds the task.
                state.dropTask(of: &instance)
            }
        }
        passOn()
    }

    /// What a transition does to its own instance.
    private mutating func record(_ transition: Transition, in instance: inout MemoryInstance) {
        instance.history.append(contentsOf: transition.events)
        instance.state.historyLength = instance.history.count
        instance.state.owner = transition.isResident ? transition.worker : nil
        if !instance.state.isQuarantined { instance.state.problem = nil }
        if let waits = transition.waits { instance.state.waits = waits }
        instance.lastTransition = transition.id

        for settled in transition.settled { instance.activities[settled.command] = nil }
        if transition.receipt != nil {
            instance.inbox.removeFirst(max(0, transition.consumedInputs))
            // What is left is held on; progress was made, so the count of crashes begins anew.
            instance.task?.crashes = 0
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

    /// What the worker goes on with, if it still holds the task.
    private func remainingInputs(after transition: Transition) -> [DeliveredInput] {
        guard let receipt = transition.receipt, let instance = instances[transition.instance],
            instance.isCurrent(receipt), instance.task?.position == .held(transition.worker)
        else { return [] }
        return Array(instance.inbox.prefix(limits.inputs))
    }
}
