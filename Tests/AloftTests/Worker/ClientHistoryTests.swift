import Aloft
import Synchronization
import Testing

/// What a client reads of an instance that goes on meanwhile.
@Suite struct ClientHistoryTests {
    private static func events(_ numbers: ClosedRange<Int>, _ name: String) -> [Event] {
        numbers.map { number in
            let body = EventBody.signalReceived(name: name, .none)
            return Event(number: number, timestamp: Timestamp(milliseconds: 1), body: body)
        }
    }

    /// The instance continues as new between two pages: the history is that of one execution all the same.
    @Test func pagesAreOfOneExecution() async throws {
        let store = StubStore()
        store.executions.withLock {
            $0 = [
                ("first", [Self.events(1...3, "first")]),
                ("second", [Self.events(1...2, "second"), Self.events(3...4, "second")]),
            ]
        }
        let handle = WorkflowClient(store: store).handle("instance-1", returning: Void.self)
        #expect(try await handle.history() == Self.events(1...4, "second"))
    }

    /// One that was asked for and is not kept is an error, as is an instance that is not there.
    @Test func missing() async throws {
        let store = StubStore()
        let handle = WorkflowClient(store: store).handle("instance-1", returning: Void.self)
        await #expect { try await handle.history() } throws: { ($0 as? StoreError)?.code == .instanceNotFound }
        store.executions.withLock { $0 = [("first", [Self.events(1...1, "first")])] }
        await #expect { try await handle.history(of: "old") } throws: { ($0 as? StoreError)?.code == .instanceNotFound }
    }
}
