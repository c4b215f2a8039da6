internal import AloftCore
internal import DequeModule

// How executions end, by their code or without it.
extension MemoryState {
    mutating func terminate(_ id: InstanceID, execution: ExecutionID?, reason: String) throws(StoreError) {
        let state = try existing(id).state
        if let execution, execution != state.execution { throw .noExecution(execution, of: id) }
        guard !state.status.isFinished else { throw .finished(state) }
        try check(bytes: reason.utf8.count, of: id)
        end(id, with: .terminated(.terminated(reason)))
    }

    /// Ends an open instance in a way that no code decided: the store writes its last event.
    mutating func end(_ id: InstanceID, with completion: Completion) {
        edit(id) { state, instance in
            guard !instance.isFinished else { return }
            let event = Event(number: instance.history.count + 1, timestamp: state.now, body: completion.event)
            instance.history.append(event)
            instance.state.historyLength = instance.history.count
            state.close(&instance, with: completion)
        }
        passOn()
    }

    /// Ends an execution whose last event is in its history.
    mutating func close(_ instance: inout MemoryInstance, with completion: Completion) {
        let children = instance.children.sorted { $0.key < $1.key }
        for (command, child) in children {
            messages.append(.close(child.instance, instance.link(command), child.closePolicy))
        }
        clear(&instance)
        if case .continuedAsNew(let continuation) = completion {
            goOn(&instance, with: continuation)
        } else {
            finish(&instance, with: completion)
        }
    }

    /// Nothing of what an execution had in flight outlives it; its inbox is left.
    private mutating func clear(_ instance: inout MemoryInstance) {
        dropTask(of: &instance)
        for activity in instance.activities.values { unqueue(activity) }
        instance.activities = [:]
        for key in instance.timers.values { due.remove(key) }
        instance.timers = [:]
        instance.children = [:]
        instance.state.owner = nil
        instance.state.problem = nil
        instance.state.backtrace = nil
        instance.state.isQuarantined = false
        instance.state.startsAt = nil
        instance.state.waits = WaitSummary()
    }

    /// Nothing is left of a finished instance but its state and its histories, and these only for a while.
    private mutating func finish(_ instance: inout MemoryInstance, with completion: Completion) {
        instance.inbox.removeAll()
        if let key = instance.deadline { due.remove(key) }
        instance.deadline = nil
        instance.completion = completion
        instance.state.status = completion.status
        instance.state.finishedAt = now
        let id = instance.state.instance
        instance.expiry = due.add(.expiry(id), at: now + instance.retention)
        wake(.finished(id, completion))
        if let parent = instance.state.parent, let event = completion.event(forParent: parent.command) {
            messages.append(.childEnded(id, parent, event))
        }
    }

    /// Begins the next execution. What waits in the inbox for any execution comes behind the signals that are carried
    /// along; queue, workflow, parent, deadline and the ids of deliveries are the instance's, and stay.
    private mutating func goOn(_ instance: inout MemoryInstance, with continuation: Continuation) {
        let waiting = instance.inbox.filter(\.body.isForAnyExecution)
        if limits.continuedRetention > .zero {
            let old = instance.state.execution
            let expiry = due.add(.pastExpiry(instance.state.instance, old), at: now + limits.continuedRetention)
            instance.past[old] = MemoryInstance.PastExecution(history: instance.history, expiry: expiry)
        }
        instance.history = []
        instance.state.historyLength = 0
        instance.state.execution = continuation.execution
        instance.inbox = []
        accept(.started(continuation.started), into: &instance)
        for signal in continuation.signals { accept(signal, into: &instance) }
        instance.inbox.append(contentsOf: waiting)
    }
}

extension EventBody {
    /// Whether an input is for the instance, whatever its execution; all others answer what one execution did.
    fileprivate var isForAnyExecution: Bool {
        switch self {
        case .signalReceived, .cancelRequested: true
        default: false
        }
    }
}
