internal import AloftCore

/// What happens later, in order of time; at the same time in order of arrival.
struct DueList: Sendable {
    struct Key: Hashable, Comparable, Sendable {
        var moment: Timestamp
        var number: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.moment, left.number) < (right.moment, right.number)
        }
    }

    enum Item: Hashable, Sendable {
        case timer(InstanceID, CommandID)
        case activity(InstanceID, CommandID)
        case task(InstanceID)
        /// The end of the retention of a finished instance.
        case expiry(InstanceID)
        /// The end of the retention of the history of an execution that has continued as new.
        case pastExpiry(InstanceID, ExecutionID)
        /// The execution timeout of an instance.
        case deadline(InstanceID)

        /// Whether nothing happens but that what is over is no longer kept.
        var onlyForgets: Bool {
            switch self {
            case .expiry, .pastExpiry: true
            case .timer, .activity, .task, .deadline: false
            }
        }
    }

    private(set) var entries: [(key: Key, item: Item)] = []
    private var lastNumber = 0

    var first: Key? { entries.first?.key }

    mutating func add(_ item: Item, at moment: Timestamp) -> Key {
        lastNumber += 1
        let key = Key(moment: moment, number: lastNumber)
        entries.insert((key, item), at: index(of: key))
        return key
    }

    mutating func remove(_ key: Key) {
        let index = index(of: key)
        if index < entries.endIndex, entries[index].key == key { entries.remove(at: index) }
    }

    /// Takes the first item if its time has come.
    mutating func popFirst(upTo now: Timestamp) -> (item: Item, moment: Timestamp)? {
        guard let first = entries.first, first.key.moment <= now else { return nil }
        entries.removeFirst()
        return (first.item, first.key.moment)
    }

    /// The index of the first entry that is not before the key.
    private func index(of key: Key) -> Int {
        var low = entries.startIndex
        var high = entries.endIndex
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
