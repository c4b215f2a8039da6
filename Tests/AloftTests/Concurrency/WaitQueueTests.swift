import Aloft
import Testing

@Suite struct WaitQueueTests {
    @Test func firstComeFirstServed() {
        var queue = WaitQueue<String>()
        #expect(queue.popFirst() == nil)
        queue.join("a", ticket: 1)
        queue.join("b", ticket: 2)
        queue.join("c", ticket: 3)
        queue.leave(2)
        queue.leave(2)
        queue.leave(99)
        #expect(queue.count == 2)
        #expect(queue.popFirst() == "a")
        queue.leave(1)
        #expect(queue.popFirst() == "c")
        #expect(queue.popFirst() == nil)
        #expect(queue.count == 0)
    }

    /// A loop that joins and leaves for ever, as `select` does with a channel that never speaks, keeps nothing.
    @Test func leavingKeepsItSmall() {
        var queue = WaitQueue<Int>()
        queue.join(0, ticket: 0)
        var largest = 0
        for ticket in 1...10_000 {
            queue.join(ticket, ticket: ticket)
            queue.leave(ticket)
            largest = max(largest, queue.storedCount)
        }
        #expect(largest <= 20)
        #expect(queue.popFirst() == 0)
    }

    /// Whatever happens, it answers as a plain array would.
    @Test(arguments: 0..<8) func agreesWithAnArray(seed: Int) {
        var generator = SeededGenerator(seed: "queue \(seed)")
        var queue = WaitQueue<Int>()
        var model: [Int] = []
        for ticket in 0..<2_000 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                queue.join(ticket, ticket: ticket)
                model.append(ticket)
            case 2:
                let leaver = Int.random(in: 0...ticket, using: &generator)
                queue.leave(leaver)
                model.removeAll { $0 == leaver }
            default: #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(queue.count == model.count)
        }
    }
}
