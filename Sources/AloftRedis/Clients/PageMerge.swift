import AloftCore

/// Makes one page of the pages of several partitions.
struct PageMerge {
    /// What one partition has to tell.
    struct Part {
        /// Newest first.
        var instances: [InstanceState]
        /// How far it was looked at; `nil`: to its end.
        var end: InstanceCursor?
    }

    private var instances: [InstanceState] = []
    /// How far every partition was looked at: only what comes before is known to be complete.
    private var horizon: InstanceCursor?

    mutating func add(_ part: Part) {
        instances += part.instances
        guard let end = part.end else { return }
        horizon = horizon.map { InstanceCursor.isBefore($0, end) ? $0 : end } ?? end
    }

    func page(limit: Int) -> InstancePage {
        let all = instances.sorted { InstanceCursor.isBefore($0.cursor, $1.cursor) }
        let complete = all.prefix { state in horizon.map { !InstanceCursor.isBefore($0, state.cursor) } ?? true }
        let page = Array(complete.prefix(limit))
        if page.count < complete.count { return InstancePage(instances: page, next: page.last?.cursor) }
        return InstancePage(instances: page, next: horizon)
    }
}

extension InstanceCursor {
    /// Whether the left one comes first in a list.
    fileprivate static func isBefore(_ left: InstanceCursor, _ right: InstanceCursor) -> Bool {
        left.createdAt == right.createdAt ? right.instance < left.instance : right.createdAt < left.createdAt
    }
}

extension InstanceState {
    fileprivate var cursor: InstanceCursor { InstanceCursor(createdAt: createdAt, instance: instance) }
}
