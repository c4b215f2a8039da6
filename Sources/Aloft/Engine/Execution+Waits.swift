package import AloftCore

/// What a call waits for, for people.
struct WaitSubject {
    let kind: Wait.Kind
    let name: String

    static func signal(_ name: String) -> WaitSubject { WaitSubject(kind: .signal, name: name) }
    static func other(_ name: String) -> WaitSubject { WaitSubject(kind: .other, name: name) }

    var text: String { Wait(kind, name).subject }
}

/// Where and as how manieth a wait began.
struct WaitMark {
    let order: Int
    let location: SourceLocation?
}

extension Execution {
    /// How many waits of a kind a summary looks at: its cost must not grow with what is in flight.
    private static let looks = 8

    private typealias Found = (order: Int, wait: Wait)

    /// The mark of a wait that begins now.
    func markWait(at location: SourceLocation?) -> WaitMark {
        lastWait += 1
        return WaitMark(order: lastWait, location: location)
    }

    /// What the code waits for, in the order in which it began to. Not to be asked while the execution is fed.
    package var waits: [Wait] { Self.ordered(waits(most: .max)) }

    /// The same in brief, for the instance's state. Of many of a kind only some are looked at.
    package var waitSummary: WaitSummary { WaitSummary(Self.ordered(waits(most: Self.looks))) }

    private static func ordered(_ found: [Found]) -> [Wait] {
        found.count < 2 ? found.map(\.wait) : found.sorted { $0.order < $1.order }.map(\.wait)
    }

    private func waits(most limit: Int) -> [Found] {
        var found = Self.sample(activities, limit) { command, wait in
            (wait.mark.order, Wait(.activity, wait.name, command: command, at: wait.mark))
        }
        found += Self.sample(timers, limit) { command, wait in
            (wait.mark.order, Wait(.timer, wait.name, command: command, due: wait.due, at: wait.mark))
        }
        if subWorkflowWaits > 0 {
            found += Self.sample(subWorkflows.filter { !$0.value.waiters.isEmpty }, limit) { command, child in
                let mark = child.waiters[0].mark
                let name = "\(child.workflow) (\(child.instance))"
                return (mark.order, Wait(.subWorkflow, name, command: command, at: mark))
            }
        }
        found += Self.sample(outgoingSignals, limit) { command, wait in
            (wait.mark.order, Wait(.delivery, "\(wait.name) to \(wait.instance)", command: command, at: wait.mark))
        }
        for condition in conditions.prefix(limit) {
            found.append((condition.mark.order, Wait(.condition, at: condition.mark)))
        }
        found += Self.sample(innerWaits, limit) { _, wait in
            let subject = wait.subject()
            return (wait.mark.order, Wait(subject.kind, subject.name, at: wait.mark))
        }
        return found
    }

    /// So many of the waits of a kind. If all that were looked at are alike, the rest is taken to be so too.
    private static func sample<Key, Value>(
        _ waits: [Key: Value],
        _ limit: Int,
        _ describe: (Key, Value) -> Found
    ) -> [Found] {
        var found: [Found] = []
        for (key, value) in waits.prefix(limit) { found.append(describe(key, value)) }
        let rest = waits.count - found.count
        if rest > 0, let first = found.indices.min(by: { found[$0].order < found[$1].order }) {
            found[first].wait.count += rest
        }
        return found
    }
}

extension Wait {
    fileprivate init(
        _ kind: Kind,
        _ name: String = "",
        command: CommandID? = nil,
        due: Timestamp? = nil,
        at mark: WaitMark
    ) {
        self.init(
            kind,
            name,
            command: command,
            due: due,
            fileID: mark.location.map { "\($0.fileID)" } ?? "",
            line: mark.location.flatMap { Int(exactly: $0.line) } ?? 0
        )
    }
}
