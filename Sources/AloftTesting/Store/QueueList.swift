internal import AloftCore
internal import DequeModule

/// Where tasks wait to be taken.
enum QueuePlace: Hashable, Sendable, CustomStringConvertible {
    case workflow(TaskQueue)
    /// The workflow tasks of the executions that a worker has resident.
    case worker(WorkerID)
    case activity(TaskQueue)

    var description: String {
        switch self {
        case .workflow(let queue): "workflow/\(queue)"
        case .worker(let worker): "worker/\(worker)"
        case .activity(let queue): "activity/\(queue)"
        }
    }
}

/// The queues of a memory store. A queue exists as long as something waits in it.
struct QueueList: Sendable {
    struct Entry: Sendable {
        /// Unique in the store and growing.
        var number: Int
        /// When it was queued.
        var since: Timestamp
        var instance: InstanceID
        /// Set for activity tasks.
        var command: CommandID?
        /// Whether the task is handed out with its inputs.
        var carriesInputs = false
    }

    private(set) var queues: [QueuePlace: Deque<Entry>] = [:]

    var count: Int { queues.values.reduce(0) { $0 + $1.count } }

    mutating func append(_ entry: Entry, to place: QueuePlace) {
        queues[place, default: []].append(entry)
    }

    mutating func remove(_ number: Int, from place: QueuePlace) {
        queues[place]?.removeAll { $0.number == number }
        if queues[place]?.isEmpty == true { queues[place] = nil }
    }

    /// Takes the entry that has waited longest in any of the places.
    mutating func popOldest(of places: [QueuePlace]) -> (place: QueuePlace, entry: Entry)? {
        let heads = places.compactMap { place in queues[place]?.first.map { (place: place, entry: $0) } }
        guard let oldest = heads.min(by: { $0.entry.number < $1.entry.number }) else { return nil }
        queues[oldest.place]?.removeFirst()
        if queues[oldest.place]?.isEmpty == true { queues[oldest.place] = nil }
        return oldest
    }
}
