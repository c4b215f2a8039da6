internal import AloftCore
internal import DequeModule

/// What instances do to each other.
///
/// A call carries these out before it returns, one after the other: what one of them brings about comes last, so a
/// family is closed without recursion, however deep it is.
enum MemoryMessage: Sendable {
    /// A sub-workflow has ended: whoever it belongs to may learn how.
    case childEnded(InstanceID, ParentLink, EventBody)
    /// The parent of a sub-workflow has ended.
    case close(InstanceID, ParentLink, ParentClosePolicy)
}

extension MemoryState {
    /// Carries out what instances do to each other, until nothing is left. Only the outermost call does.
    mutating func passOn() {
        guard !isPassingOn else { return }
        isPassingOn = true
        defer { isPassingOn = false }
        while let message = messages.popFirst() {
            switch message {
            case .childEnded(let child, let parent, let event): tell(parent, of: child, event)
            case .close(let child, let link, let policy): close(child, of: link, by: policy)
            }
        }
    }

    private mutating func tell(_ parent: ParentLink, of child: InstanceID, _ event: EventBody) {
        edit(parent.instance) { state, instance in
            // Once, and only while that very execution waits for it.
            guard instance.state.execution == parent.execution,
                instance.children[parent.command]?.instance == child
            else { return }
            instance.children[parent.command] = nil
            state.accept(event, into: &instance)
        }
    }

    private mutating func close(_ child: InstanceID, of link: ParentLink, by policy: ParentClosePolicy) {
        guard let state = instances[child]?.state, state.parent == link, !state.status.isFinished else { return }
        let reason = Failure.parentEnded(link.instance)
        switch policy {
        case .cancel: edit(child) { $0.accept(.cancelRequested(reason: reason), into: &$1) }
        case .terminate: end(child, with: .terminated(.terminated(reason)))
        case .abandon: break
        }
    }

    // MARK: What a transition does to others

    mutating func startSubWorkflow(_ scheduled: EventBody.SubWorkflowScheduled, of parent: InstanceID) {
        guard let owner = instances[parent] else { return }
        if let present = instances[scheduled.instance] {
            if present.isStarted(by: scheduled.execution) { return }
            guard present.isFinished else {
                let failure = Failure.idInUse(scheduled.instance)
                return edit(parent) { $0.accept(.subWorkflowFailed(scheduled.command, failure), into: &$1) }
            }
            vacate(scheduled.instance)
        }
        let start = InstanceStart(
            instance: scheduled.instance,
            execution: scheduled.execution,
            workflow: scheduled.workflow,
            queue: scheduled.queue ?? owner.state.queue,
            input: scheduled.input,
            retention: scheduled.retention,
            executionTimeout: scheduled.executionTimeout,
            memo: scheduled.memo,
            headers: scheduled.headers
        )
        instances[scheduled.instance] = newInstance(start, parent: owner.link(scheduled.command))
        instances[parent]?.children[scheduled.command] = MemoryInstance.Child(
            instance: scheduled.instance,
            closePolicy: scheduled.closePolicy
        )
    }

    mutating func cancelSubWorkflow(_ command: CommandID, of parent: InstanceID) {
        guard let child = instances[parent]?.children[command]?.instance else { return }
        let reason = Failure.parentCancelled(parent)
        edit(child) { $0.accept(.cancelRequested(reason: reason), into: &$1) }
    }

    mutating func send(_ signal: EventBody.SignalScheduled, from sender: InstanceID, _ execution: ExecutionID) {
        let event = EventBody.signalReceived(name: signal.name, signal.payload, headers: signal.headers)
        let outcome: EventBody
        do {
            try deliver(event, to: signal.instance, execution: nil, delivery: "\(execution)/\(signal.command)")
            outcome = .signalDelivered(signal.command)
        } catch {
            outcome = .signalFailed(signal.command, .signalRefused(error))
        }
        edit(sender) { $0.accept(outcome, into: &$1) }
    }
}
