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

    /// The mark of a wait that begins now.
    func markWait(at location: SourceLocation?) -> WaitMark {
        lastWait += 1
        return WaitMark(order: lastWait, location: location)
    }

    /// What the code waits for, in the order in which it began to. Not to be asked while the execution is fed.
    package var waits: [Wait] { found(looks: .max).waits }

    /// The same in brief, for the instance's state. Of many of a kind only some are looked at.
    package var waitSummary: WaitSummary {
        let found = found(looks: Self.looks)
        return WaitSummary(found.waits, further: found.further)
    }

    private func found(looks: Int) -> (waits: [Wait], further: Int) {
        var sample = WaitSample(looks: looks)
        sample.add(
            activities,
            marked: { $0.mark },
            as: { Wait(.activity, $1.name, command: $0, at: $1.mark) }
        )
        sample.add(
            timers,
            marked: { $0.mark },
            as: { Wait(.timer, $1.name, command: $0, due: $1.due, at: $1.mark) }
        )
        if subWorkflowWaits > 0 {
            let awaited = subWorkflows.filter { !$0.value.waiters.isEmpty }
            sample.add(
                awaited,
                marked: { $0.waiters[0].mark },
                as: { Wait(.subWorkflow, "\($1.workflow) (\($1.instance))", command: $0, at: $1.waiters[0].mark) }
            )
        }
        sample.add(
            outgoingSignals,
            marked: { $0.mark },
            as: { Wait(.delivery, "\($1.name) to \($1.instance)", command: $0, at: $1.mark) }
        )
        sample.add(conditions, marked: { $0.mark }, as: { Wait(.condition, at: $0.mark) })
        sample.add(
            innerWaits,
            marked: { $0.mark },
            as: { _, wait in
                let subject = wait.subject()
                return Wait(subject.kind, subject.name, at: wait.mark)
            }
        )
        return (sample.inOrder, sample.further)
    }
}

/// Some of what is waited for, of each kind so many.
private struct WaitSample {
    let looks: Int
    /// How many there are of which nothing is known.
    private(set) var further = 0
    private var found: [(order: Int, wait: Wait)] = []

    /// Of more than these it is not looked for those that began first: the cost must not grow with what is in flight.
    private static let mostSorted = 64

    init(looks: Int) { self.looks = looks }

    var inOrder: [Wait] {
        found.count < 2 ? found.map(\.wait) : found.sorted { $0.order < $1.order }.map(\.wait)
    }

    mutating func add<Key, Value>(
        _ waits: [Key: Value],
        marked mark: (Value) -> WaitMark,
        as describe: (Key, Value) -> Wait
    ) {
        if waits.isEmpty { return }
        if waits.count <= looks || waits.count > Self.mostSorted {
            add(waits.prefix(looks), of: waits.count, { mark($0.value) }, { describe($0.key, $0.value) })
        } else {
            let sorted = waits.sorted { mark($0.value).order < mark($1.value).order }
            add(sorted.prefix(looks), of: waits.count, { mark($0.value) }, { describe($0.key, $0.value) })
        }
    }

    mutating func add<Value>(_ waits: [Value], marked mark: (Value) -> WaitMark, as describe: (Value) -> Wait) {
        add(waits.prefix(looks), of: waits.count, mark, describe)
    }

    /// If all that are looked at are alike, the rest is taken to be so too; if not, nothing is said of it but its number.
    private mutating func add<Looked: Collection>(
        _ looked: Looked,
        of count: Int,
        _ mark: (Looked.Element) -> WaitMark,
        _ describe: (Looked.Element) -> Wait
    ) {
        let begin = found.count
        for wait in looked { found.append((mark(wait).order, describe(wait))) }
        let rest = count - looked.count
        guard rest > 0, let first = found[begin...].indices.min(by: { found[$0].order < found[$1].order }) else {
            return
        }
        let example = found[first].wait.kindred
        if found[begin...].allSatisfy({ $0.wait.kindred == example }) {
            found[first].wait.count += rest
        } else {
            further += rest
        }
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
