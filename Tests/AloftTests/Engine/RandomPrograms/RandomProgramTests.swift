import Aloft
import Foundation
import Testing

/// Random workflows that use everything there is, fed with random inputs: however these are grouped, and wherever the
/// execution is rebuilt from its history, it decides the same.
///
/// `ALOFT_RANDOM_PROGRAMS` says how many are tried, `ALOFT_RANDOM_PROGRAM` which one alone.
@Suite struct RandomProgramTests {
    private static var seeds: Range<Int> {
        let environment = ProcessInfo.processInfo.environment
        if let one = environment["ALOFT_RANDOM_PROGRAM"].flatMap(Int.init) { return one..<(one + 1) }
        return 0..<(environment["ALOFT_RANDOM_PROGRAMS"].flatMap(Int.init) ?? 400)
    }

    private func makeEngine() -> EngineHarness {
        EngineHarness(RandomProgram.self, limits: StoreLimits(payloadBytes: RandomWorld.payloadBytes))
    }

    @Test func everyLifeIsTheSame() throws {
        for seed in Self.seeds {
            let plan = RandomProgram.Plan(seed: seed, generation: seed % 2)
            var world = RandomWorld(seed: seed)
            let alone = makeEngine()
            let outcome = try world.play(alone, plan)
            let seedText = Comment(rawValue: "seed \(seed)")
            try checkGroups(world, alone.history, outcome, seed)
            try checkTogether(world, alone.history, outcome, seedText)
            if seed % 8 == 0 { try alone.checkReplays() }
            // Every task has come to an end, and nothing holds the execution.
            #expect(alone.evict(), seedText)
            #expect(alone.execution.waitCount == 0, seedText)
            #expect(try isFreed(alone.history), seedText)
        }
    }

    /// All at once but what came with the start, and behind the end, which nobody consumes.
    private func checkTogether(
        _ world: RandomWorld,
        _ history: [Event],
        _ expected: Outcome,
        _ seed: Comment
    ) throws {
        let engine = makeEngine()
        var outcome = Outcome()
        outcome.add(try engine.feed(Array(world.inputs.prefix(world.head))))
        if outcome.completion == nil { outcome.add(try engine.feed(Array(world.inputs.dropFirst(world.head)))) }
        expectSame(engine.history, history, "together, \(seed)")
        let isSame = outcome == expected
        #expect(isSame, seed)
    }

    /// In random groups, rebuilt now and then, also by a store whose limit has changed.
    private func checkGroups(_ world: RandomWorld, _ history: [Event], _ expected: Outcome, _ seed: Int) throws {
        var random = SeededGenerator(seed: "groups \(seed)")
        let engine = makeEngine()
        var outcome = Outcome()
        var rest = world.inputs[...]
        var count = world.head
        while !rest.isEmpty, outcome.completion == nil {
            outcome.add(try engine.feed(Array(rest.prefix(count))))
            rest = rest.dropFirst(count)
            count = Int.random(in: 1...5, using: &random)
            guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
            for bytes in [10, 1_000_000, RandomWorld.payloadBytes] {
                engine.limits = StoreLimits(payloadBytes: bytes)
                try engine.restart()
            }
        }
        expectSame(engine.history, history, "in groups, seed \(seed)")
        let isSame = outcome == expected
        #expect(isSame, "seed \(seed)")
    }

    /// Says where two lives part, if they do.
    private func expectSame(_ history: [Event], _ expected: [Event], _ how: String) {
        let pairs = zip(history, expected)
        let index = pairs.enumerated().first { $1.0 != $1.1 }?.offset ?? min(history.count, expected.count)
        let isSame = history.count == expected.count && index == history.count
        func text(_ events: [Event]) -> String {
            let near = events[max(0, index - 4)..<min(events.count, index + 3)]
            return near.map { "\($0.number) \($0.body.summary)" }.joined(separator: ", ")
        }
        #expect(isSame, "\(how): \(text(history)) instead of \(text(expected))")
    }

    /// Whether an execution that was rebuilt and put away leaves nothing behind.
    private func isFreed(_ history: [Event]) throws -> Bool {
        weak var execution: Execution?
        do {
            let engine = makeEngine()
            let copy = engine.copy()
            execution = copy
            try copy.replay(history)
            guard copy.evict() else { return false }
        }
        return execution == nil
    }

    /// The programs must not all be short, or alike.
    @Test func programsAreVaried() throws {
        var summaries: Set<String> = []
        var ends: Set<InstanceStatus> = []
        var lengths: Set<Int> = []
        for seed in 0..<100 {
            let engine = makeEngine()
            var world = RandomWorld(seed: seed)
            let outcome = try world.play(engine, RandomProgram.Plan(seed: seed, generation: seed % 2))
            lengths.insert(engine.history.count)
            if let end = outcome.completion { ends.insert(end.status) }
            for event in engine.history {
                summaries.insert(String(event.body.summary.prefix { !"#(0123456789".contains($0) }))
            }
        }
        #expect(lengths.count > 25)
        // Running: it continued as new.
        #expect(ends == [.completed, .failed, .cancelled, .running])
        #expect(summaries.count >= 20, "\(summaries.sorted())")
    }
}
