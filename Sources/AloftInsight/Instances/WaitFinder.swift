import AloftCore

/// Puts together what an open instance waits for: its state tells where the code waits, its activities how they fare, its
/// history what else has no outcome. No worker is asked.
struct WaitFinder {
    let state: InstanceState
    let now: Timestamp
    private var pending: [PendingActivityView]
    private var rows: [TimelineRow]

    /// Of activities alike, more than these are one line.
    private static let mostAlike = 20

    /// - Parameters:
    ///   - pending: The activities without an outcome; `nil` if they were not asked for.
    ///   - open: What a history tells; rows with an outcome are passed over.
    init(_ state: InstanceState, pending: [PendingActivityView]?, open rows: [TimelineRow] = [], now: Timestamp) {
        self.state = state
        self.now = now
        self.pending = pending ?? []
        self.rows = rows.filter { $0.outcome == .waiting && $0.kind != .activity }
        knowsPending = pending != nil
    }

    private let knowsPending: Bool

    mutating func find() -> [WaitView] {
        guard !state.status.isFinished else { return [] }
        if let moment = state.startsAt {
            let detail = "begins in \(Quantity.duration(moment - now))"
            return [WaitView(kind: .start, name: state.workflow, until: moment.moment, detail: detail)]
        }
        var found: [WaitView] = []
        // Those that were begun first take what is theirs by number, so that the rest by name is not of another place.
        for wait in state.waits.waits { found += views(of: wait) }
        let told = found.reduce(0) { $0 + $1.count }
        found += rest()
        let further = state.waits.further - (found.reduce(0) { $0 + $1.count } - told)
        if further > 0 { found.append(WaitView(kind: .other, name: Quantity.count(further, "more thing"))) }
        return found
    }

    private mutating func views(of wait: Wait) -> [WaitView] {
        switch wait.kind {
        case .activity: return activities(of: wait)
        case .timer:
            let row = takeRow(wait.command)
            let due = row?.due ?? wait.due?.moment
            takeRows(like: row, wait.count - 1)
            return [view(wait, .timer, until: due, detail: due.map(firing))]
        case .subWorkflow, .delivery:
            let kind = wait.kind == .delivery ? WaitView.Kind.outgoingSignal : .subWorkflow
            guard let row = takeRow(wait.command) else { return [view(wait, kind)] }
            takeRows(like: row, wait.count - 1)
            return [view(wait, kind, name: row.name, instance: row.instance)]
        case .signal: return [view(wait, .signal)]
        case .condition: return [view(wait, .condition)]
        case .other: return [view(wait, .other)]
        }
    }

    private mutating func activities(of wait: Wait) -> [WaitView] {
        var taken: [PendingActivityView] = []
        if let command = wait.command?.number, let place = pending.firstIndex(where: { $0.command == command }) {
            taken.append(pending.remove(at: place))
        }
        if wait.count > 1, let name = taken.first?.name {
            // Which of those of a name are awaited at which place is not known.
            let alike = pending.filter { $0.name == name }.prefix(wait.count - 1)
            taken += alike
            let commands = Set(alike.map(\.command))
            pending.removeAll { commands.contains($0.command) }
        }
        if taken.isEmpty {
            // It ended, and the code does not know yet.
            let detail = knowsPending ? "which has ended; goes on with its next task" : nil
            return [view(wait, .activity, detail: detail)]
        }
        var views = grouped(taken)
        for index in views.indices { views[index].location = wait.place }
        return views
    }

    private mutating func takeRow(_ command: CommandID?) -> TimelineRow? {
        guard let place = rows.firstIndex(where: { $0.command == command?.number }) else { return nil }
        return rows.remove(at: place)
    }

    /// Which of those alike are awaited at which place is not known.
    private mutating func takeRows(like row: TimelineRow?, _ count: Int) {
        guard let row, count > 0 else { return }
        let alike = rows.indices.filter {
            rows[$0].kind == row.kind && rows[$0].name == row.name && rows[$0].instance == row.instance
        }
        for index in alike.prefix(count).reversed() { rows.remove(at: index) }
    }

    /// What is under way and not awaited, or found no room in the state.
    private func rest() -> [WaitView] {
        let names = pending.reduce(into: [String: [PendingActivityView]]()) { $0[$1.name, default: []].append($1) }
        let others = rows.compactMap { row -> WaitView? in
            let kind: WaitView.Kind? =
                switch row.kind {
                case .timer: .timer
                case .subWorkflow: .subWorkflow
                case .outgoingSignal: .outgoingSignal
                case .activity, .signal, .sideEffect, .cancelRequest: nil
                }
            return kind.map {
                WaitView(
                    kind: $0,
                    name: row.name,
                    count: row.count,
                    command: row.command,
                    until: row.due,
                    detail: row.due.map(firing),
                    instance: row.instance
                )
            }
        }
        return names.values.sorted { $0[0].command < $1[0].command }.flatMap(grouped) + gathered(others)
    }

    /// Many of a kind and name as one, in the place of the first.
    private func gathered(_ views: [WaitView]) -> [WaitView] {
        func name(_ view: WaitView) -> [String] { [view.kind.rawValue, view.name] }
        let alike = Dictionary(grouping: views, by: name).filter { $0.value.count > Self.mostAlike }
        var told: Set<[String]> = []
        return views.compactMap { view in
            guard let all = alike[name(view)] else { return view }
            guard told.insert(name(view)).inserted else { return nil }
            let count = all.reduce(0) { $0 + $1.count }
            let until = all.compactMap(\.until).min()
            return WaitView(kind: view.kind, name: view.name, count: count, until: until, detail: until.map(firing))
        }
    }

    /// Activities of one name.
    private func grouped(_ alike: [PendingActivityView]) -> [WaitView] {
        guard alike.count > Self.mostAlike else { return alike.map { $0.wait(now: now) } }
        let states: [(PendingActivityView.State, String)] = [
            (.running, "running"), (.queued, "queued"), (.retrying, "waiting for their next attempt"),
        ]
        let parts = states.compactMap { state, word in
            let count = alike.count { $0.state == state }
            return count > 0 ? "\(Quantity.count(count)) \(word)" : nil
        }
        let error = alike.last { $0.lastFailure != nil }?.lastFailure.map { ["last error: \($0.summary)"] } ?? []
        return [
            WaitView(
                kind: .activity,
                name: alike[0].name,
                count: alike.count,
                command: alike[0].command,
                detail: (parts + error).joined(separator: ", ")
            )
        ]
    }

    private func firing(_ due: Moment) -> String {
        due.timestamp > now ? "fires in \(Quantity.duration(due.timestamp - now))" : "is due"
    }

    private func view(
        _ wait: Wait,
        _ kind: WaitView.Kind,
        name: String? = nil,
        until: Moment? = nil,
        detail: String? = nil,
        instance: String? = nil
    ) -> WaitView {
        WaitView(
            kind: kind,
            name: name ?? wait.name,
            count: wait.count,
            command: wait.command?.number,
            location: wait.place,
            until: until,
            detail: detail,
            instance: instance
        )
    }
}
