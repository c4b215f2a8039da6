internal import AloftCore

/// A workflow or an activity that no live worker of a queue knew when it was last met there.
struct UnknownName: Hashable, Sendable {
    var kind: Kind
    var queue: TaskQueue
    var name: String

    enum Kind: String, Hashable, Sendable {
        case workflow
        case activity
    }

    var problem: String { "no worker of queue \(queue) knows \(kind.rawValue) \(name)" }
}

/// Since when a name is unknown.
struct UnknownPeriod: Sendable {
    var since: Timestamp
    /// If nobody meets the name up to this moment, it is forgotten.
    var expiry: Timestamp
}

extension MemoryState {
    /// What is to become of a task that names something unknown.
    enum UnknownVerdict: Equatable, Sendable {
        /// Somebody knows it.
        case known
        case waits(problem: String)
        case fails(Failure)
    }

    /// Notes that a name was met by a worker that does not know it.
    mutating func meet(_ name: UnknownName, delay: Duration, limit: Duration?) -> UnknownVerdict {
        let known = knownNames(of: name.kind, on: name.queue)
        if known.contains(where: { $0.utf8.elementsEqual(name.name.utf8) }) {
            unknown[name] = nil
            return .known
        }
        var period = UnknownPeriod(since: now, expiry: now + UnknownType.gap(delay: delay))
        if let last = unknown[name], last.expiry >= now { period.since = last.since }
        unknown[name] = period
        guard let limit, now - period.since >= limit else { return .waits(problem: name.problem) }
        return .fails(.unknownType("\(name.problem): \(text(of: known, on: name.queue))"))
    }

    mutating func forgetUnknownNames() { unknown = unknown.filter { $0.value.expiry >= now } }

    private func knownNames(of kind: UnknownName.Kind, on queue: TaskQueue) -> Set<String> {
        var names: Set<String> = []
        for worker in workers.values where !worker.isDead {
            let registration = worker.registration
            switch kind {
            case .workflow: if registration.workflowQueues.contains(queue) { names.formUnion(registration.workflows) }
            case .activity: if registration.activityQueues.contains(queue) { names.formUnion(registration.activities) }
            }
        }
        return names
    }

    /// What live workers know, in words of bounded length.
    private func text(of names: Set<String>, on queue: TaskQueue) -> String {
        guard !names.isEmpty else { return "its live workers know none" }
        var text = "its live workers know"
        for (index, name) in names.sorted().enumerated() {
            guard text.utf8.count <= 1000 else { return text + " and \(names.count - index) more" }
            text += (index == 0 ? " " : ", ") + name
        }
        return text
    }
}
