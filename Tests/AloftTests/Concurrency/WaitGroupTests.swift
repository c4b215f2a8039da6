import Aloft
import Testing

@Suite struct WaitGroupTests {
    struct Parts: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let group = context.waitGroup()
            try await group.wait()
            for round in 1...2 {
                for number in 1...2 {
                    group.add()
                    context.future {
                        defer { group.done() }
                        _ = try await context.activity(Reference.double, number)
                    }
                }
                let other = context.future { try await group.wait() }
                try await group.wait()
                try await other.value
                Probe.note("round \(round), count \(group.count)")
            }
        }
    }

    /// Waiting ends when the count is zero, for everybody who waits, and the group may be used again.
    @Test(arguments: [false, true])
    func waitsForAll(cold: Bool) throws {
        let engine = EngineHarness(Parts.self)
        try engine.start()
        for command in 1...4 {
            if cold { try engine.restart() }
            // A part that fails has ended too.
            try engine.feed(command == 2 ? .failed(2, PermanentError("no")) : .completed(command, 0))
            let rounds = ["round 1, count 0", "round 2, count 0"].prefix(command / 2)
            #expect(cold || engine.journal.entries == Array(rounds))
        }
        #expect(engine.completion?.status == .completed)
        try engine.checkEveryPrefix(comparingJournal: !cold)
    }

    /// Below zero is an error, which names the line that did it.
    @Test(arguments: [1, 3])
    func belowZero(dones: Int) throws {
        struct Careless: Workflow {
            func run(_ context: WorkflowContext, _ dones: Int) async throws {
                let group = context.waitGroup()
                group.add(dones - 1)
                for _ in 0..<dones { group.done() }
                group.add(5)
                try await group.wait()
            }
        }
        let failure = try EngineHarness(Careless.self).start(dones).completion?.failure
        #expect(failure?.type.contains("MisuseError") == true)
        #expect(failure?.message.contains("below zero at AloftTests/WaitGroupTests.swift:48") == true)
    }

    /// Sums that no integer holds are the same fault rather than a trap.
    @Test func overflow() throws {
        struct Huge: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                let group = context.waitGroup()
                group.add(.max)
                let waiting = context.future { try await group.wait() }
                await Task.yield()
                group.add()
                return await errorText { try await waiting.value }
            }
        }
        #expect(try EngineHarness(Huge.self).start().completion?.value() == "MisuseError")
    }

    @Test func cancelled() throws {
        struct Waiting: Workflow {
            func run(_ context: WorkflowContext) async throws {
                let group = context.waitGroup()
                group.add()
                try await group.wait()
            }
        }
        let engine = EngineHarness(Waiting.self)
        try engine.start()
        #expect(try engine.feed(.cancel).completion?.status == .cancelled)
        try engine.checkEveryPrefix()
    }
}
