import AloftCore
import AloftTesting
import ArgumentParser
import Testing

@testable import AloftCommand

/// Whoever sits before it is asked before many instances are acted on.
@Suite struct AskingTests {
    private func subjects(_ arguments: String...) throws -> Subjects { try Subjects.parse(arguments) }

    private func session() async throws -> Session {
        let store = MemoryStore(clock: VirtualClock(), epoch: MemoryStore.testEpoch)
        for number in 1...3 {
            let start = InstanceStart(instance: "order-\(number)", workflow: "Pay", input: .none)
            #expect(try await store.start(start) == .started)
        }
        return Session(store: store)
    }

    @Test("A question says how many; nothing happens unless the answer is yes")
    func asks() async throws {
        let session = try await session()
        let store = session.store
        let action = Action(verb: "terminate", past: "terminated", suits: [.running]) { instance in
            try await store.terminate(instance, execution: nil, reason: "")
            return true
        }
        var questions: [String] = []
        let error = await #expect(throws: Refusal.self) {
            try await session.perform(action, on: try subjects("--workflow", "Pay"), asJSON: false, canAsk: true) {
                questions.append($0.text)
                return false
            }
        }
        #expect(questions == ["terminate 3 instances?"] && error?.message == "nothing was done")
        #expect(try await store.instanceCounts()[.running] == 3)
        try await session.perform(action, on: try subjects("--workflow", "Pay"), asJSON: true, canAsk: true) { _ in true
        }
        #expect(try await store.instanceCounts()[.terminated] == 3)
    }

    @Test("Those who name instances know what they do, and where none is there is no question")
    func doesNotAsk() async throws {
        let session = try await session()
        let store = session.store
        let action = Action(verb: "remove", past: "removed", suits: [.completed]) { instance in
            try await store.remove(instance)
            return true
        }
        try await session.perform(action, on: try subjects("--all"), asJSON: true, canAsk: true) { _ in
            Issue.record("there is nothing to ask about")
            return false
        }
        #expect(try await store.instanceCounts()[.running] == 3)
    }

    @Test("Conditions are narrowed to what an action suits")
    func narrows() {
        let cancel = Action(verb: "", past: "", suits: [.running]) { _ in true }
        #expect(cancel.narrowed(InstanceFilter())?.statuses == [.running])
        #expect(cancel.narrowed(InstanceFilter(statuses: [.running, .failed]))?.statuses == [.running])
        #expect(cancel.narrowed(InstanceFilter(statuses: [.failed])) == nil)
        let release = Action(verb: "", past: "", suits: [.running], isOfQuarantined: true) { _ in true }
        #expect(release.narrowed(InstanceFilter())?.isQuarantined == true)
        #expect(release.narrowed(InstanceFilter(isQuarantined: false)) == nil)
    }
}
