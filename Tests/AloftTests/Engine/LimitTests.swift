import Aloft
import Testing

/// Values above the limit of the store are errors of the call, and replays agree though the limit changes.
@Suite struct LimitTests {
    static let small = StoreLimits(payloadBytes: 400)
    static let long = String(repeating: "x", count: 500)

    struct Large: Workflow {
        func run(_ context: WorkflowContext, _ kind: String) async throws -> String {
            do {
                switch kind {
                case "activity": try await context.activity(Reference.work, LimitTests.long)
                case "sub-workflow":
                    try await context.subWorkflow(WorkflowReference<String, Void>("Child"), LimitTests.long)
                case "memo":
                    let options = SubWorkflowOptions(memo: ["note": LimitTests.long])
                    try await context.subWorkflow(SubWorkflowTests.Sweeping.self, options: options)
                case "signal": try await context.signal("other", Signals.text, LimitTests.long)
                case "side effect": return try await context.sideEffect { LimitTests.long }
                default: throw context.continueAsNew(LimitTests.long)
                }
            } catch let error as PayloadError {
                Probe.note("\(error.type): \(error.message)")
                // What comes behind it has the number after the refusal's.
                try await context.activity(Reference.work, "small")
                return "refused"
            }
            return "taken"
        }
    }

    static let subjects = [
        "activity": "the input of activity work", "sub-workflow": "the input of sub-workflow Child",
        "memo": "the memo of sub-workflow Sweeping", "signal": "the value of signal text",
        "side effect": "the value of side effect #1", "continuation": "the input to continue with",
    ]

    @Test(arguments: ["activity", "sub-workflow", "memo", "signal", "side effect", "continuation"])
    func refusedAtTheCall(kind: String) throws {
        let engine = EngineHarness(Large.self, limits: Self.small)
        let first = try engine.start(kind)
        let note = try #require(engine.journal.entries.first)
        #expect(note.contains(Self.subjects[kind] ?? "?"))
        #expect(note.contains("bytes") && note.contains("at most 400"))
        #expect(first.events[1].body.summary == "side effect #1")
        #expect(first.activities.map(\.command) == [CommandID(2)])
        #expect(first.subWorkflows.isEmpty && first.signals.isEmpty)
        #expect(first.events.allSatisfy { $0.body.largestPayload <= 400 })
        // The limit was raised meanwhile; what was refused stays refused.
        engine.limits = StoreLimits()
        try engine.restart()
        #expect(engine.journal.entries == [note, note])
        #expect(try engine.feed(.completed(2, ())).completion?.value() == "refused")
        try engine.checkReplays()
    }

    /// What was taken stays taken though the limit was lowered.
    @Test(arguments: ["activity", "sub-workflow", "memo", "signal", "side effect", "continuation"])
    func takenStaysTaken(kind: String) throws {
        let engine = EngineHarness(Large.self)
        try engine.start(kind)
        engine.limits = Self.small
        try engine.restart()
        #expect(engine.journal.entries.isEmpty)
        try engine.checkReplays()
    }

    struct Wordy: Workflow {
        struct Loud: Error, Codable { var text: String }
        func run(_ context: WorkflowContext, _ fails: Bool) async throws -> String {
            if fails { throw Loud(text: LimitTests.long) }
            return LimitTests.long
        }
    }

    /// A result above the limit fails the workflow; a replay takes the history's word for it.
    @Test func result() throws {
        let engine = EngineHarness(Wordy.self, limits: Self.small)
        let failure = try #require(engine.start(false).completion?.failure)
        #expect(failure.kind == .limit)
        #expect(failure.isPermanent)
        #expect(failure.message.contains("502 bytes as the result of workflow Wordy"))
        engine.limits = StoreLimits()
        try engine.checkReplays()

        let taken = EngineHarness(Wordy.self)
        try taken.start(false)
        taken.limits = Self.small
        try taken.checkReplays()
    }

    /// Details of a failure above it are left out; type and message arrive.
    @Test func details() throws {
        let small = EngineHarness(Wordy.self, limits: Self.small)
        let failure = try #require(small.start(true).completion?.failure)
        #expect(failure.details == nil)
        #expect(failure.type == "Loud")
        let large = try #require(EngineHarness(Wordy.self).start(true).completion?.failure)
        #expect(large.details != nil)
    }

    /// A timer's name is stored and shown: it is checked as every other name is, at the call.
    @Test(arguments: ["", "two\nlines", String(repeating: "x", count: 256)])
    func timerNames(name: String) throws {
        struct Naming: Workflow {
            func run(_ context: WorkflowContext, _ name: String) async throws -> String {
                do { try await context.sleep(for: .seconds(1), name: name) } catch let error as StoreError {
                    return "\(error.code)"
                }
                return "slept"
            }
        }
        let engine = EngineHarness(Naming.self)
        #expect(try engine.start(name).completion?.value() == "\(StoreError.Code.invalidIdentifier)")
        try engine.checkReplays()
    }
}
