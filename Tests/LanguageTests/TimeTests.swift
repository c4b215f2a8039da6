import Aloft
import Foundation
import Testing

@Suite struct TimeTests {
    struct Sleeper: Workflow {
        func run(_ context: WorkflowContext, _ milliseconds: Int) async throws -> Double {
            let before = context.now
            try await context.sleep(for: .milliseconds(milliseconds))
            return context.now.timeIntervalSince(before)
        }
    }

    @Test("A timer fires, never early", arguments: Setup.all)
    func sleeps(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Sleeper.self
        } body: { fleet in
            let slept = try await fleet.client.start(Sleeper.self, 30).result()
            #expect(slept >= 0.0299)
            for duration in [0, -5] {
                let handle = try await fleet.client.start(Sleeper.self, duration)
                #expect(try await handle.result() == 0)
                #expect(try await handle.state().historyLength == 2)
            }
        }
    }

    struct Punctual: Workflow {
        func run(_ context: WorkflowContext, _ input: Int) async throws -> Date { context.now }
    }

    @Test("A delayed start of less than a second is not late though nobody is busy")
    func punctual() async throws {
        try await withFleet(Setup(backend: .redis, isResident: true)) {
            Punctual.self
        } body: { fleet in
            var late: [Double] = []
            for _ in 0..<11 {
                let handle = try await fleet.client.start(
                    Punctual.self,
                    1,
                    options: StartOptions(moment: .after(.milliseconds(80)))
                )
                let began = try await handle.result()
                let due = try await handle.state().createdAt + .milliseconds(80)
                late.append(began.timeIntervalSince(due.date))
            }
            #expect(late.allSatisfy { $0 > -0.002 }, "\(late)")
            #expect(late.sorted()[5] < 0.2, "\(late)")
        }
    }

    struct Waking: Workflow {
        func run(_ context: WorkflowContext, _ moments: [Date]) async throws -> Bool {
            for moment in moments { try await context.sleep(until: moment, name: "wake") }
            return context.now >= (moments.max() ?? .distantPast)
        }
    }

    @Test("Until a moment; one that has passed is no wait", arguments: Setup.all)
    func moments(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Waking.self
        } body: { fleet in
            let past = try await fleet.client.start(Waking.self, [.distantPast, fleet.store.now.date])
            #expect(try await past.result())
            #expect(try await past.state().historyLength == 2)
            let future = (fleet.store.now + .milliseconds(30)).date
            let waking = try await fleet.client.start(Waking.self, [future])
            #expect(try await waking.result())
            let timers = try await waking.history().compactMap { event -> String? in
                guard case .timerScheduled(let timer) = event.body else { return nil }
                return timer.name
            }
            #expect(timers == ["wake"])
        }
    }

    struct Impatient: Workflow {
        static let answer = Signal<String>("answer")

        func run(_ context: WorkflowContext, _ limit: Int) async throws -> String {
            do {
                return try await context.timeout(.milliseconds(limit)) { try await context.receive(Self.answer) }
            } catch is TimeoutError {
                return "nobody answered"
            }
        }
    }

    @Test("A timeout races a timer with a body and cancels the loser", arguments: Setup.all)
    func timeout(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Impatient.self
        } body: { fleet in
            #expect(try await fleet.client.start(Impatient.self, 20).result() == "nobody answered")
            let handle = try await fleet.client.start(Impatient.self, 3_600_000)
            try await handle.signal(Impatient.answer, "here")
            #expect(try await handle.result() == "here")
            let history = try await handle.history()
            #expect(history.contains { if case .timerCancelled = $0.body { true } else { false } })
        }
    }

    struct Dice: Workflow {
        struct Throw: Codable, Sendable, Equatable {
            var die: Int
            var id: UUID
            var token: Int
        }

        func run(_ context: WorkflowContext) async throws -> [Throw] {
            var throwsSoFar: [Throw] = []
            for _ in 0..<3 {
                var random = context.random
                let die = Int.random(in: 1...6, using: &random)
                let token = try await context.sideEffect { Int.random(in: 0..<1_000_000) }
                let id = context.uuid()
                throwsSoFar.append(Throw(die: die, id: id, token: token))
                // A replay that draws other numbers would set a timer of another name, and be found out.
                try await context.sleep(for: .milliseconds(1), name: "\(die) \(id) \(token)")
            }
            return throwsSoFar
        }
    }

    @Test("Random numbers and side effects are the same on every replay", arguments: Setup.all)
    func random(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Dice.self
        } body: { fleet in
            let handle = try await fleet.client.start(Dice.self)
            let result = try await handle.result()
            let recorded = try await handle.history().compactMap { event -> Int? in
                guard case .sideEffectRecorded(_, let value) = event.body else { return nil }
                return try PayloadCoder().decode(Int.self, from: value)
            }
            #expect(result.map(\.token) == recorded)
            #expect(Set(result.map(\.id)).count == 3)
            let names = try await handle.history().compactMap { event -> String? in
                guard case .timerScheduled(let timer) = event.body else { return nil }
                return timer.name
            }
            #expect(names == result.map { "\($0.die) \($0.id) \($0.token)" })
        }
    }
}
