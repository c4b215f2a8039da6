internal import AloftCore
internal import DequeModule

/// The ids of inputs that an instance got, as long as they are remembered.
struct Deliveries: Sendable {
    private var known: Set<String> = []
    private var order: Deque<(id: String, moment: Timestamp)> = []

    var count: Int { known.count }

    func contains(_ id: String) -> Bool { known.contains(id) }

    mutating func insert(_ id: String, at now: Timestamp) {
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
