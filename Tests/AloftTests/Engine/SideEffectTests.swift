import Aloft
import Foundation
import Testing

/// Values that come from nowhere are the same on every replay.
@Suite struct SideEffectTests {
    struct Recording: Workflow {
        struct Result: Codable, Equatable {
            var effects: [Int]
            var dice: [Int]
            var ids: [UUID]
        }

        func run(_ context: WorkflowContext) async throws -> Result {
            var result = Result(effects: [], dice: [], ids: [])
            for _ in 0..<3 {
                result.effects.append(
                    try await context.sideEffect {
                        Probe.note("ran")
                        return Int.random(in: 0..<1_000_000)
                    }
                )
                var random = context.random
                result.dice.append(Int.random(in: 1...6, using: &random))
                result.ids.append(context.uuid())
                _ = try await context.receive(Signals.number)
            }
            Probe.note("\(result)")
            return result
        }
    }

    /// The closure runs once for each side effect, however often the code is replayed.
    @Test func sameOnReplay() throws {
        let engine = EngineHarness(Recording.self)
        try engine.start()
        for number in 0..<3 {
            try engine.restart()
            try engine.feed(.signal(Signals.number, number))
        }
        let notes = engine.journal.entries
        #expect(notes.filter { $0 == "ran" }.count == 3)
        engine.journal.clear()
        try engine.restart()
        #expect(engine.journal.entries == [notes.last])
        let result: Recording.Result = try #require(engine.completion).value()
        #expect(Set(result.ids).count == 3)
        #expect(result.ids.allSatisfy { $0.uuidString.dropFirst(14).first == "4" })
    }

    /// FNV-1a and SplitMix64 worked out apart from this code.
    private static let pinned: [UInt64] = [
        6_167_334_660_887_793_858, 17_019_737_073_024_520_961, 1_057_787_481_344_299_830,
    ]

    /// The sequence is part of stored histories: it must not change with a new version.
    @Test func sequenceIsPinned() {
        var generator = SeededGenerator(seed: "execution-1")
        #expect((0..<3).map { _ in generator.next() } == Self.pinned)
    }

    /// A value that cannot be stored is an error where it is asked for, on every replay, and the code may go on.
    @Test func unencodableValue() throws {
        struct NotANumber: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                var text = "none"
                do { _ = try await context.sideEffect { Double.nan } } catch { text = "\(error)" }
                Probe.note(text)
                try await context.activity(Reference.work, "after")
                return text
            }
        }
        let engine = EngineHarness(NotANumber.self)
        try engine.start()
        try engine.restart()
        #expect(engine.journal.entries.count == 2)
        #expect(Set(engine.journal.entries).count == 1)
        let text: String = try #require(engine.feed(.completed(2, ())).completion).value()
        #expect(text.hasPrefix("Double: does not encode"))
    }

    /// It runs in a cancelled task too: it waits for nothing, and clean-up may need it.
    @Test func cancelledTaskMayRecord() throws {
        struct Late: Workflow {
            func run(_ context: WorkflowContext) async throws -> Int {
                try? await context.sleep(for: .seconds(9))
                return try await context.sideEffect { 7 }
            }
        }
        let engine = EngineHarness(Late.self)
        try engine.start()
        #expect(try engine.feed(.cancel).completion?.value() == 7)
        try engine.restart()
    }
}
