import Aloft
import Testing

/// What is thrown arrives typed, at every border it crosses.
@Suite struct ErrorTests {
    struct Declined: Error, Codable, Equatable, CustomStringConvertible {
        var code: Int
        var description: String { "card declined with code \(code)" }
    }

    struct Outer: CausedError {
        var cause: (any Error)?
    }

    struct Pays: Workflow {
        func run(_ context: WorkflowContext, _ depth: Int) async throws {
            if depth > 0 {
                try await context.subWorkflow(Pays.self, depth - 1)
            } else {
                let once = ActivityOptions(retry: .none)
                try await context.activity(ActivityReference<Void, Void>("pay"), (), options: once)
            }
        }
    }

    @Test(
        "Type, message, details, cause chain and permanence cross activity, sub-workflow and client",
        arguments: Setup.all
    )
    func chain(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Pays.self
            ActivityFunction("pay") { throw Outer(cause: PermanentError(Declined(code: 5))) }
        } body: { fleet in
            for depth in 0..<3 {
                let error = await #expect(throws: WorkflowError.self) {
                    try await fleet.client.start(Pays.self, depth).result()
                }
                let failure = try #require(error?.failure)
                #expect(failure.type == "Outer")
                #expect(failure.isPermanent)
                #expect(failure.causes.map(\.type) == ["Declined"])
                #expect(failure.causes.map(\.message) == ["card declined with code 5"])
            }
        }
    }

    struct Picky: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do {
                try await context.activity(ActivityReference<Void, Void>("pay"), (), options: .init(retry: .none))
                return "paid"
            } catch let error as ActivityError where error.type == "Declined" {
                return "\(error.activity): \(error.message), \(error.details(Declined.self)?.code ?? 0)"
            }
        }
    }

    @Test("Caught by type, with its details", arguments: Setup.all)
    func caught(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Picky.self
            ActivityFunction("pay") { throw Declined(code: 7) }
        } body: { fleet in
            let result = try await fleet.client.start(Picky.self).result()
            #expect(result == "pay: card declined with code 7, 7")
        }
    }

    @Test("Types that are not to be retried", arguments: Setup.all)
    func notRetried(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Stubborn.self
            ActivityFunction("pay") { throw Declined(code: 1) }
        } body: { fleet in
            let handle = try await fleet.client.start(Stubborn.self)
            let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
            #expect(error?.type == "Declined")
        }
    }

    struct Stubborn: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let policy = RetryPolicy(
                maximumAttempts: 5,
                initialInterval: .seconds(3600),
                nonRetryableTypes: ["Declined"]
            )
            try await context.activity(ActivityReference<Void, Void>("pay"), (), options: .init(retry: policy))
        }
    }

    struct TakesText: Activity {
        struct Order: Codable, Sendable { var items: [String] }
        func run(_ context: ActivityContext, _ order: Order) async throws {}
    }

    struct Mistyped: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do {
                let wrong = ActivityReference<[String: [Int]], Void>(TakesText.name)
                try await context.activity(wrong, ["items": [1]])
                return "accepted"
            } catch let error as ActivityError {
                return "\(error.isPermanent) \(error.message)"
            }
        }
    }

    @Test("Input that does not decode fails the activity for good, with the coding path", arguments: Setup.all)
    func undecodable(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Mistyped.self
            TakesText()
        } body: { fleet in
            let result = try await fleet.client.start(Mistyped.self).result()
            #expect(result.hasPrefix("true"))
            #expect(result.contains(".items[0]"))
        }
    }
}
