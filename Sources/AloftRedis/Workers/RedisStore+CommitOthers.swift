import AloftCore
import RedisClient

extension RedisStore {
    /// The part of the arguments of `commit.lua` that tells of other instances and of the next execution.
    func others(of transition: Transition, from keys: Keyspace) -> [RedisArgument] {
        guard transition.concernsOthers else { return [] }
        var list: [RedisArgument] = []
        list.reserveCapacity(20 + 11 * transition.subWorkflows.count + 4 * transition.signals.count)
        list.append(RedisArgument(transition.subWorkflows.count))
        for child in transition.subWorkflows {
            list.append(RedisArgument(child.command.number))
            list.append(base(of: child.instance, from: keys))
            list.append(RedisArgument(child.instance.rawValue))
            list.append(RedisArgument(child.execution.rawValue))
            list.append(RedisArgument(child.workflow))
            list.append(RedisArgument((child.queue ?? transition.queue).rawValue))
            list.append(child.retention.map { RedisArgument($0.redisMilliseconds) } ?? "")
            list.append(child.executionTimeout.map { RedisArgument($0.redisMilliseconds) } ?? "")
            list.append(RedisArgument(Memo.encode(child.memo)))
            list.append(RedisArgument(Int(child.closePolicy.rawValue)))
            list.append(RedisArgument(transition.started(child).encoded))
        }
        list.append(RedisArgument(transition.signals.count))
        for signal in transition.signals {
            list.append(RedisArgument(signal.command.number))
            list.append(base(of: signal.instance, from: keys))
            list.append(RedisArgument(signal.instance.rawValue))
            list.append(
                RedisArgument(
                    EventBody.signalReceived(name: signal.name, signal.payload, headers: signal.headers).encoded
                )
            )
        }
        list.append(RedisArgument(transition.cancelledSubWorkflows.count))
        for command in transition.cancelledSubWorkflows { list.append(RedisArgument(command.number)) }
        list.append(RedisArgument(configuration.maximumInboxLength))
        guard case .continuedAsNew(let next)? = transition.completion else { return list }
        list.append(RedisArgument(next.execution.rawValue))
        list.append(RedisArgument(next.started.workflow))
        list.append(RedisArgument(next.started.queue.rawValue))
        list.append(RedisArgument(configuration.continuedRetention.redisMilliseconds))
        list.append(RedisArgument(EventBody.started(next.started).encoded))
        list.append(RedisArgument(next.signals.count))
        for signal in next.signals { list.append(RedisArgument(signal.encoded)) }
        return list
    }

    /// What the keys of an instance begin with; empty if it is in the partition of `keys`.
    private func base(of instance: InstanceID, from keys: Keyspace) -> RedisArgument {
        let base = partitions[instance].base
        return RedisArgument(base == keys.base ? "" : base)
    }
}

extension Transition {
    /// Whether it does more than the usual.
    var concernsOthers: Bool {
        if case .continuedAsNew? = completion { return true }
        return !subWorkflows.isEmpty || !signals.isEmpty || !cancelledSubWorkflows.isEmpty
    }

    /// The first event of a sub-workflow.
    fileprivate func started(_ child: EventBody.SubWorkflowScheduled) -> EventBody {
        .started(
            EventBody.Started(
                workflow: child.workflow,
                queue: child.queue ?? queue,
                input: child.input,
                parent: ParentLink(instance: instance, execution: execution, command: child.command),
                headers: child.headers
            )
        )
    }
}

extension Completion {
    /// As `commit.lua` knows it.
    var letter: String {
        if case .continuedAsNew = self { return "n" }
        return status.letter
    }
}
