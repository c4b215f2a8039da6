import Aloft
import Testing

extension SignalTests {
    struct Hearing: Workflow {
        static let word = Signal<Word>("word")

        struct Word: Codable, Sendable {
            var sender: Int
            var number: Int
        }

        func run(_ context: WorkflowContext, _ count: Int) async throws -> [[Int]] {
            var heard: [[Int]] = [[], [], []]
            for _ in 0..<count {
                let word = try await context.receive(Self.word)
                heard[word.sender].append(word.number)
            }
            return heard
        }
    }

    @Test("Signals of several senders arrive in the order of each", arguments: Setup.all)
    func senders(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Hearing.self
        } body: { fleet in
            let handle = try await fleet.client.start(Hearing.self, 90)
            try await withThrowingDiscardingTaskGroup { group in
                for sender in 0..<3 {
                    group.addTask {
                        for number in 0..<30 {
                            try await handle.signal(Hearing.word, .init(sender: sender, number: number))
                        }
                    }
                }
            }
            #expect(try await handle.result() == Array(repeating: Array(0..<30), count: 3))
        }
    }

    struct Hasty: Workflow {
        static let word = Signal<String>("hasty word")

        func run(_ context: WorkflowContext, _ round: Int) async throws -> [String] {
            // Events are fed one at a time: the signal comes behind the start, and the code has not waited yet.
            let early = try await context.tryReceive(Self.word) ?? "nothing"
            if round == 0 { throw context.continueAsNew(1) }
            return [early, try await context.receive(Self.word)]
        }
    }

    @Test(
        "What came with the start, or goes along when it continues, is there for whoever waits, not before",
        arguments: Setup.all
    )
    func beforeTheFirstWait(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let handles = [
                try await fleet.client.signalWithStart(
                    Hasty.self,
                    1,
                    signal: Hasty.word,
                    "with the start",
                    id: "start"
                ),
                try await fleet.client.signalWithStart(Hasty.self, 0, signal: Hasty.word, "gone along", id: "continue"),
            ]
            try await fleet.withWorker({ Hasty.self }) {
                let results = try await [handles[0].result(), handles[1].result()]
                #expect(results[0] == ["nothing", "with the start"])
                #expect(results[1] == ["nothing", "gone along"])
            }
        }
    }
}
