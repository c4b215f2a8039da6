internal import AloftCore
internal import DequeModule

/// The ids of inputs that an instance got, as long as they are remembered.
struct Deliveries: Sendable {
    // By bytes: two spellings of "é" are two ids.
    private var known: Set<[UInt8]> = []
    private var order: Deque<(id: [UInt8], moment: Timestamp)> = []

    var count: Int { known.count }

    func contains(_ id: String) -> Bool { known.contains(Array(id.utf8)) }

    mutating func insert(_ id: String, at now: Timestamp) {
        let id = Array(id.utf8)
        guard known.insert(id).inserted else { return }
        order.append((id, now))
        while let first = order.first,
            order.count > DeliveryMemory.count || first.moment + DeliveryMemory.duration < now
        {
            known.remove(first.id)
            order.removeFirst()
        }
    }
}
