import Aloft
import Testing

/// Errors keep their type, words, details and causes on the way through histories.
@Suite struct ErrorTests {
    struct CardDeclined: Error, Codable, Equatable, CustomStringConvertible {
        var code: Int
        var description: String { "declined with \(code)" }
    }

    struct Wrapped: CausedError, CustomStringConvertible {
        var cause: (any Error)?
        var description: String { "could not charge" }
    }

    struct Charging: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do {
                return "\(try await context.activity(Reference.double, 1))"
            } catch let error as ActivityError where error.type == "CardDeclined" {
                return "\(error.activity): \(error.message), code \(error.details(CardDeclined.self)?.code ?? -1)"
            }
        }
    }

    @Test(arguments: [false, true])
    func typedActivityError(cold: Bool) throws {
        let engine = EngineHarness(Charging.self)
        try engine.start()
        if cold { try engine.restart() }
        let last = try engine.feed(.failed(1, CardDeclined(code: 7)))
        #expect(try last.completion?.value() == "double: declined with 7, code 7")
    }

    /// An activity's error that nobody catches is the workflow's failure, with all that it carried.
    @Test func uncaughtActivityError() throws {
        let engine = EngineHarness(Charging.self)
        try engine.start()
        let thrown = Wrapped(cause: Wrapped(cause: PermanentError(CardDeclined(code: 3))))
        let failure = try #require(engine.feed(.failed(1, thrown)).completion?.failure)
        #expect(failure == Failure(thrown, coder: PayloadCoder()))
        #expect(failure.type == "Wrapped")
        #expect(failure.message == "could not charge")
        #expect(failure.causes.map(\.type) == ["Wrapped", "CardDeclined"])
        #expect(failure.causes.last?.message == "declined with 3")
        #expect(failure.isPermanent)
        try engine.restart()
    }

    @Test func crashIsAnErrorOfItsOwn() throws {
        struct Surviving: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                do { try await context.activity(Reference.work, "risky") } catch let error as CrashError {
                    return "\(error.activity) \(error.failure.message)"
                }
                return "fine"
            }
        }
        let engine = EngineHarness(Surviving.self)
        try engine.start()
        let crash = Failure(kind: .crash, type: "CrashError", message: "three times")
        #expect(try engine.feed(.activityFailed(CommandID(1), crash)).completion?.value() == "work three times")
    }

    struct Sorting: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            do { try await context.activity(Reference.work, "slow") } catch let error as TimeoutError {
                Probe.note("\(error.limit) | \(error.subject)")
                throw error
            } catch let error as ActivityError { return "\(error.activity) \(error.failure.kind)" }
            return "fine"
        }
    }

    /// A time limit arrives with what it was and of what, also through a parent, and with the message that it left with.
    @Test func timeoutIsAnErrorOfItsOwn() throws {
        let engine = EngineHarness(Sorting.self)
        try engine.start()
        let thrown = TimeoutError(limit: "start-to-close timeout of 5.0 seconds", subject: "attempt 3 of activity work")
        let last = try engine.feed(.failed(1, thrown))
        #expect(engine.journal.entries == ["start-to-close timeout of 5.0 seconds | attempt 3 of activity work"])
        #expect(last.completion == .failed(thrown.failure))
        try engine.checkReplays()
    }

    /// One without details still is a timeout.
    @Test func timeoutWithoutDetails() throws {
        let engine = EngineHarness(Sorting.self)
        try engine.start()
        let failure = Failure(kind: .timeout, type: "Timeout", message: "too slow")
        let last = try engine.feed(.activityFailed(CommandID(1), failure))
        #expect(engine.journal.entries == ["time limit | activity work"])
        #expect(last.completion == .failed(failure))
    }

    @Test func unknownActivity() throws {
        let engine = EngineHarness(Sorting.self)
        try engine.start()
        let failure = Failure(kind: .unknownType, type: "UnknownType", message: "nobody knows work")
        let last = try engine.feed(.activityFailed(CommandID(1), failure))
        #expect(try last.completion?.value() == "work unknown type")
    }

    struct Throwing: Workflow {
        func run(_ context: WorkflowContext, _ kind: String) async throws {
            switch kind {
            case "codable": throw CardDeclined(code: 1)
            case "caused": throw Wrapped(cause: CardDeclined(code: 2))
            case "permanent": throw PermanentError("never again")
            case "wrapped permanent": throw PermanentError(CardDeclined(code: 3))
            default: throw OddError.plain
            }
        }
        enum OddError: Error { case plain }
    }

    /// What the code throws, as the failure of the workflow.
    @Test func thrownErrors() throws {
        func failure(_ kind: String) throws -> Failure {
            try #require(EngineHarness(Throwing.self).start(kind).completion?.failure)
        }
        let codable = try failure("codable")
        #expect(codable.type == "CardDeclined")
        #expect(codable.message == "declined with 1")
        #expect(try PayloadCoder().decode(CardDeclined.self, from: #require(codable.details)) == CardDeclined(code: 1))
        #expect(!codable.isPermanent)
        let caused = try failure("caused")
        #expect(caused.type == "Wrapped")
        #expect(caused.causes == [.init(type: "CardDeclined", message: "declined with 2")])
        let permanent = try failure("permanent")
        #expect(permanent.type == "PermanentError")
        #expect(permanent.message == "never again")
        #expect(permanent.isPermanent)
        let wrapped = try failure("wrapped permanent")
        #expect(wrapped.type == "CardDeclined")
        #expect(wrapped.isPermanent)
        #expect(try failure("plain").message == "plain")
        #expect(try failure("plain").details == nil)
    }

    struct Picky: Workflow {
        struct Order: Codable {
            var items: [Item]
        }
        struct Item: Codable {
            var count: Int
        }
        func run(_ context: WorkflowContext, _ order: Order) async throws { Probe.note("ran") }
    }

    /// Input that does not decode fails the workflow for good and says where.
    @Test func undecodableInput() throws {
        let engine = EngineHarness(Picky.self)
        let completion = try engine.start(["items": [["count": "three"]]]).completion
        #expect(completion?.status == .failed)
        let failure = try #require(completion?.failure)
        #expect(failure.type == "PayloadError")
        #expect(failure.isPermanent)
        #expect(failure.message.contains(".items[0].count"))
        #expect(engine.journal.entries.isEmpty)
        try engine.restart()
    }

    /// Payloads made by a converter that is not known here are told apart from broken ones.
    @Test func unknownEncoding() throws {
        let engine = EngineHarness(Picky.self)
        let input = Payload(bytes: [1], encoding: "protobuf")
        let completion = try engine.feed(.started(.init(workflow: "Picky", queue: .default, input: input))).completion
        #expect(completion?.failure?.message.contains("protobuf") == true)
    }

    /// A result that does not decode, and an input that does not encode, are errors of the call; the latter schedules nothing.
    @Test func payloadsOfActivities() throws {
        struct Mismatched: Workflow {
            func run(_ context: WorkflowContext) async throws -> [String] {
                var lines: [String] = []
                do {
                    try await context.activity(ActivityReference<Double, Void>("measure"), .infinity)
                } catch let error as PayloadError { lines.append(error.type) }
                do { lines.append("\(try await context.activity(Reference.double, 1))") } catch let error
                    as PayloadError
                {
                    lines.append(error.type)
                }
                return lines
            }
        }
        let engine = EngineHarness(Mismatched.self)
        #expect(try engine.start().activities.map(\.name) == ["double"])
        try engine.restart()
        #expect(try engine.feed(.completed(1, "two")).completion?.value() == ["Double", "Int"])
    }

    @Test func unusableNames() throws {
        struct Nameless: Workflow {
            func run(_ context: WorkflowContext) async throws {
                try await context.activity(ActivityReference<Int, Void>(""), 1)
            }
        }
        let completion = try EngineHarness(Nameless.self).start().completion
        #expect(completion?.failure?.type == "StoreError")
        #expect(completion?.failure?.message.contains("activity name is empty") == true)
    }

    /// Two failures at once: the first to arrive is the one that the code sees.
    @Test func firstFailureWins() throws {
        struct Both: Workflow {
            func run(_ context: WorkflowContext) async throws {
                async let one = context.activity(Reference.double, 1)
                async let two = context.activity(Reference.double, 2)
                _ = try await (one, two)
            }
        }
        let engine = EngineHarness(Both.self)
        try engine.start()
        // `one` is awaited first, so the failure of `two` is not looked at before `one` has its outcome.
        #expect(try engine.feed(.failed(2, CardDeclined(code: 2))).completion == nil)
        #expect(try engine.feed(.failed(1, CardDeclined(code: 1))).completion?.failure?.message == "declined with 1")
    }
}
