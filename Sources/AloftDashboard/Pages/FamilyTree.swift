import AloftCore
import AloftInsight

/// Reads the sub-workflows of an instance, those of these and so on, as far as one page may.
struct FamilyTree: Sendable {
    struct Node: Sendable {
        var child: InstanceReport.Child
        /// `nil` if it has not begun, is gone, or was not looked up.
        var view: InstanceView?
        var children: [Node] = []
        /// Whether there may be more below it than is told here.
        var isCut = false

        /// Whether it or anything below it goes on.
        var isOpen: Bool { view?.isOpen ?? false || children.contains(where: \.isOpen) }
    }

    let insight: Insight

    /// How many levels are told.
    private static let mostLevels = 3
    /// States and histories that are read for one page.
    static let mostReads = 100
    /// Of each sub-workflow, in which its own are looked for.
    private static let mostEvents = 200

    func nodes(below report: InstanceReport) async throws -> [Node] {
        var reads = Self.mostReads
        return try await nodes(report.children, level: 1, &reads)
    }

    /// - Parameter reads: How many are left; each child is given an equal share of what is left when its turn comes, but no less than
    ///   tells anything.
    private func nodes(_ children: [InstanceReport.Child], level: Int, _ reads: inout Int) async throws -> [Node] {
        let known = children.prefix(reads)
        let states = try await states(of: known)
        reads -= known.count
        var nodes: [Node] = []
        for (index, child) in children.enumerated() {
            let state = states[index]
            var node = Node(child: child, view: state.map { InstanceView($0, now: insight.store.now) })
            if let state, state.historyLength > 0 {
                let share = min(reads, max(2, reads / (children.count - index)))
                var left = share
                try await descend(into: &node, state, level: level, &left)
                reads -= share - left
            }
            nodes.append(node)
        }
        return nodes
    }

    private func descend(into node: inout Node, _ state: InstanceState, level: Int, _ reads: inout Int) async throws {
        // One for its history, and one at least for what that tells of.
        guard level < Self.mostLevels, reads > 1 else {
            node.isCut = true
            return
        }
        reads -= 1
        let events = try await events(of: state)
        let timeline = Timeline(events, pending: [], now: insight.store.now)
        let children = InstanceReport.children(of: timeline)
        node.children = try await nodes(children, level: level + 1, &reads)
        node.isCut = events.count < state.historyLength
    }

    /// Those at its beginning; none if it was removed meanwhile.
    private func events(of state: InstanceState) async throws -> [Event] {
        do {
            return try await insight.store.history(
                of: state.instance,
                execution: state.execution,
                after: 0,
                limit: Self.mostEvents
            )
        } catch {
            guard error.code == .instanceNotFound else { throw error }
            return []
        }
    }

    private func states(of children: ArraySlice<InstanceReport.Child>) async throws -> [Int: InstanceState] {
        let store = insight.store
        return try await withThrowingTaskGroup(of: (Int, InstanceState?).self) { group in
            for (index, child) in zip(children.indices, children) {
                group.addTask { (index, try await store.state(of: InstanceID(child.id))) }
            }
            var states: [Int: InstanceState] = [:]
            for try await (index, state) in group { states[index] = state }
            return states
        }
    }
}
