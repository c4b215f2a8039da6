// One thing: a workflow that runs for ever and whose history stays short.
import Aloft
import SampleKit

/// Counts the visitors of a house, for years if need be.
struct Turnstile: Workflow {
    /// `nil`: the house closes.
    static let visitor = Signal<String?>("visitor")

    struct Count: Codable, Sendable, Equatable {
        var visitors = 0
        var executions = 1
    }

    func run(_ context: WorkflowContext, _ count: Count) async throws -> Count {
        var count = count
        for _ in 0..<10 {
            guard try await context.receive(Self.visitor) != nil else { return count }
            count.visitors += 1
        }
        // The instance goes on under the same id with a fresh history; visitors who wait at the door come along.
        count.executions += 1
        throw context.continueAsNew(count)
    }
}

@main struct ContinueAsNew {
    static func main() async throws {
        try await withAloft {
            Turnstile.self
        } body: { client in
            let handle = try await client.start(Turnstile.self, .init(), queue: "samples")
            for number in 1...35 { try await handle.signal(Turnstile.visitor, "visitor \(number)") }
            try await handle.signal(Turnstile.visitor, nil)
            let count = try await handle.result()
            print("\(count.visitors) visitors in \(count.executions) executions")
            print("\(try await handle.history().count) events in the history of the last")
        }
    }
}
