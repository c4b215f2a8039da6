internal import DequeModule

/// Those who wait for one thing, in the order in which they came.
///
/// Joining, leaving from anywhere and being called are O(1), amortised: whoever leaves early stays in `order` as a number
/// that means nothing, until there are more of those than of others. The dictionary is only looked up.
struct WaitQueue<Element> {
    private var elements: [Int: Element] = [:]
    private var order = Deque<Int>()

    var count: Int { elements.count }
    /// What the queue keeps, left ones included; for tests of its bound.
    var storedCount: Int { order.count }

    /// - Parameter ticket: Never used before in this queue.
    mutating func join(_ element: Element, ticket: Int) {
        elements[ticket] = element
        order.append(ticket)
    }

    /// Removes and returns whoever has waited longest.
    mutating func popFirst() -> Element? {
        while let ticket = order.popFirst() {
            if let element = elements.removeValue(forKey: ticket) { return element }
        }
        return nil
    }

    /// Does nothing for those who have left or were called.
    mutating func leave(_ ticket: Int) {
        guard elements.removeValue(forKey: ticket) != nil else { return }
        guard order.count > 2 * elements.count + 16 else { return }
        let present = elements
        order.removeAll { present[$0] == nil }
    }
}
