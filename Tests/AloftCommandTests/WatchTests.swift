import AloftClient
import AloftRedis
import Foundation
import Testing

/// `aloft watch` follows an instance to its end.
@Suite struct WatchTests {
    @Test("tells events as they come, and ends when the instance does")
    func follows() async throws {
        try await withStand { stand in
            try await stand.start("order-1")
            async let watching = stand.aloft("watch", "order-1", "--interval", "50ms")
            try await stand.decide("order-1", completion: .completed(.none))
            let outcome = try await watching
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.lines.count == 4)
            #expect(outcome.lines[1].contains("workflow Pay started  {\"total\":7}"))
            #expect(outcome.lines[2].hasSuffix("completed") && outcome.lines[3] == "order-1 completed")
        }
    }

    @Test("says by its end that the instance did not complete")
    func failure() async throws {
        try await withStand { stand in
            try await stand.finished("order-1", .failed(Failure(type: "Declined", message: "no funds")))
            let outcome = try await stand.aloft("watch", "order-1")
            #expect(outcome.status == 1 && outcome.lines.last == "order-1 failed", "\(outcome)")
            #expect(outcome.output.contains("Declined: no funds"))
        }
    }

    @Test("of a list tells it once where there is no terminal to draw on")
    func list() async throws {
        try await withStand { stand in
            try await stand.start("order-1")
            let outcome = try await stand.aloft("watch")
            #expect(outcome.status == 0 && outcome.lines.first == "1 running", "\(outcome)")
            #expect(outcome.output.contains("order-1"))
        }
    }
}
