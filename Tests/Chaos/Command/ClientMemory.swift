import ChaosKit
import Foundation
import Synchronization

/// What a client's journal says about those that were killed in its place.
struct ClientMemory: Sendable {
    var intents: Set<Int> = []
    var acknowledged: Set<String> = []
    var ended: Set<String> = []

    mutating func take(_ entry: JournalEntry) {
        switch entry {
        case .intent(let number): intents.insert(number)
        case .acknowledged(let job): acknowledged.insert(job.id)
        case .outcome(let instance, _): ended.insert(instance)
        case .effect, .finished, .ready, .stopped: break
        }
    }
}

/// Hands out jobs: first those that were begun, then new ones until it is time to stop.
final class JobQueue: Sendable {
    struct Ticket: Sendable {
        var number: Int
        /// Whether this is the first try at it.
        var isNew: Bool
    }

    private struct State {
        var begun: [Int]
        var next: Int
    }

    let memory: ClientMemory
    private let until: Int
    private let state: Mutex<State>

    init(memory: ClientMemory, until: Int) {
        self.memory = memory
        self.until = until
        state = Mutex(State(begun: memory.intents.sorted(by: >), next: (memory.intents.max() ?? -1) + 1))
    }

    func next() -> Ticket? {
        state.withLock { state in
            if let number = state.begun.popLast() { return Ticket(number: number, isNew: false) }
            guard Date().millisecondsSince1970 < until else { return nil }
            defer { state.next += 1 }
            return Ticket(number: state.next, isNew: true)
        }
    }
}

extension Date {
    var millisecondsSince1970: Int { Int(timeIntervalSince1970 * 1_000) }
}
