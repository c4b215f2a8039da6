package import AloftCore
internal import DequeModule

/// Which executions a worker has in memory, and what waits to be done for each. A plain value: the driver holds it behind a
/// lock and does what it says.
///
/// An instance is moved by one task at a time. Work that comes meanwhile is kept, and handed out together.
package struct ResidencyTable {
    /// A piece of work for one instance.
    package enum Work {
        case task(WorkflowTask)
        /// The outcome of an activity that this worker ran.
        case outcome(ActivityTask, ActivityOutcome)
        /// Its code came back from something that is not durable.
        case foreignJob
    }

    private struct Entry {
        var pending: [Work] = []
        var isRunning = false
        var execution: Execution?
        var stamp: UInt64 = 0
    }

    private var entries: [InstanceID: Entry] = [:]
    /// Residents by last use, oldest first; an item counts only if its stamp is still the entry's.
    private var order = Deque<(instance: InstanceID, stamp: UInt64)>()
    private var lastStamp: UInt64 = 0
    private var limit: Int

    /// The number of executions in memory.
    package private(set) var residentCount = 0
    /// Whether all were taken, and none is kept any more.
    package private(set) var isClosed = false

    package init(limit: Int) { self.limit = limit }

    /// The number of places kept in the order of use, counting those that are outdated.
    package var orderLength: Int { order.count }

    /// Adds work. - Returns: Whether the caller is to start moving the instance.
    package mutating func submit(_ work: Work, for instance: InstanceID) -> Bool {
        entries[instance, default: Entry()].pending.append(work)
        return start(instance)
    }

    /// Adds work if the instance is in memory or being moved. - Returns: `nil` if it is not.
    package mutating func submitIfPresent(_ work: Work, for instance: InstanceID) -> Bool? {
        guard entries[instance] != nil else { return nil }
        return submit(work, for: instance)
    }

    /// Whether the instance is in memory or being moved.
    package func contains(_ instance: InstanceID) -> Bool { entries[instance] != nil }

    private mutating func start(_ instance: InstanceID) -> Bool {
        guard entries[instance]?.isRunning == false else { return false }
        entries[instance]?.isRunning = true
        return true
    }

    /// Hands out what is to be done next for an instance that the caller moves.
    ///
    /// - Returns: At most one task and all else that waits, with the execution; `nil` if nothing does: the caller has stopped
    ///   moving the instance by that.
    package mutating func next(_ instance: InstanceID) -> (work: [Work], execution: Execution?)? {
        guard var entry = entries[instance] else { return nil }
        guard !entry.pending.isEmpty else {
            entry.isRunning = false
            entries[instance] = entry.execution == nil ? nil : entry
            return nil
        }
        var batch: [Work] = []
        var rest: [Work] = []
        var hasTask = false
        for work in entry.pending {
            if case .task = work {
                if hasTask {
                    rest.append(work)
                    continue
                }
                hasTask = true
            }
            batch.append(work)
        }
        entry.pending = rest
        if entry.execution != nil { residentCount -= 1 }
        let execution = entry.execution.take()
        entries[instance] = entry
        return (batch, execution)
    }

    /// Takes the execution back after the work was done; `nil`: it is not in memory any more.
    package mutating func put(_ execution: Execution?, for instance: InstanceID) {
        guard let execution, entries[instance] != nil else { return }
        lastStamp += 1
        entries[instance]?.execution = execution
        entries[instance]?.stamp = lastStamp
        order.append((instance, lastStamp))
        residentCount += 1
    }

    /// Removes the executions that were used least recently, of those that nobody moves, down to the limit.
    package mutating func takeSurplus() -> [Execution] { takeIdle(downTo: limit) }

    /// Removes every execution that nobody moves, and keeps none from here on: those that are being moved are surplus when
    /// their step ends.
    package mutating func takeAll() -> [Execution] {
        limit = 0
        isClosed = true
        return takeSurplus()
    }

    private mutating func takeIdle(downTo count: Int) -> [Execution] {
        var surplus: [Execution] = []
        var busy: [(InstanceID, UInt64)] = []
        while residentCount > count, let oldest = order.popFirst() {
            guard let entry = entries[oldest.instance], entry.stamp == oldest.stamp,
                let execution = entry.execution
            else { continue }
            guard !entry.isRunning else {
                busy.append(oldest)
                continue
            }
            entries[oldest.instance] = nil
            residentCount -= 1
            surplus.append(execution)
        }
        for item in busy.reversed() { order.prepend(item) }
        compact()
        return surplus
    }

    /// Drops items that no longer count, before they outnumber those that do.
    private mutating func compact() {
        guard order.count > 64, order.count > 4 * max(1, residentCount) else { return }
        let entries = entries
        order.removeAll { item in
            guard let entry = entries[item.instance] else { return true }
            return entry.execution == nil || entry.stamp != item.stamp
        }
    }
}
