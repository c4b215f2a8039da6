import Aloft
import Testing

/// Futures, channels, select, wait groups and Swift's own structured concurrency, on real workers.
@Suite struct ConcurrencyTests {
    static let double = ActivityReference<Int, Int>("double")
    static let number = Signal<Int>("number")

    struct Structured: Workflow {
        func run(_ context: WorkflowContext, _ count: Int) async throws -> [Int] {
            async let first = context.activity(ConcurrencyTests.double, 100)
            var results: [Int] = []
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<count {
                    group.addTask { try await context.activity(ConcurrencyTests.double, number) }
                }
                for try await result in group { results.append(result) }
            }
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<count { group.addTask { try await context.sleep(for: .milliseconds(1)) } }
            }
            return try await [first] + results.sorted()
        }
    }

    @Test("async let and task groups", arguments: Setup.all)
    func structured(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Structured.self
            ActivityFunction(Self.double) { _, number in 2 * number }
        } body: { fleet in
            let result = try await fleet.client.start(Structured.self, 10).result()
            #expect(result == [200] + (0..<10).map { 2 * $0 })
        }
    }

    struct Futures: Workflow {
        func run(_ context: WorkflowContext) async throws -> [Int] {
            let first = context.future { try await context.activity(ConcurrencyTests.double, 1) }
            let second = context.future { try await context.activity(ConcurrencyTests.double, first.value) }
            let late = context.future { try await context.sleep(for: .seconds(3600)) }
            async let again = second.value
            let sum = try await first.value + second.value + again
            late.cancel()
            return [sum, late.isDone ? 1 : 0]
        }
    }

    @Test("A future is started now and awaited later, by several tasks", arguments: Setup.all)
    func futures(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Futures.self
            ActivityFunction(Self.double) { _, number in 2 * number }
        } body: { fleet in
            let result = try await fleet.client.start(Futures.self).result()
            #expect(result == [10, 0])
        }
    }

    struct Pipeline: Workflow {
        func run(_ context: WorkflowContext, _ capacity: Int) async throws -> Int {
            let channel = context.channel(of: Int.self, capacity: capacity)
            let group = context.waitGroup()
            for number in 0..<3 {
                group.add(1)
                context.future {
                    for step in 0..<3 {
                        try await channel.send(try await context.activity(ConcurrencyTests.double, 10 * number + step))
                    }
                    group.done()
                }
            }
            context.future {
                try await group.wait()
                channel.close()
            }
            var sum = 0
            for try await value in channel { sum += value }
            return sum
        }
    }

    @Test(
        "Channels carry values between tasks, buffered or not; wait groups tell when all are done",
        arguments: Setup.all
    )
    func channels(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Pipeline.self
            ActivityFunction(Self.double) { _, number in 2 * number }
        } body: { fleet in
            for capacity in [0, 2] {
                let sum = try await fleet.client.start(Pipeline.self, capacity).result()
                #expect(sum == 2 * (3 + 33 + 63))
            }
        }
    }

    struct Choosing: Workflow {
        func run(_ context: WorkflowContext, _ milliseconds: Int) async throws -> [String] {
            var events: [String] = []
            let work = context.future { try await context.activity(ConcurrencyTests.double, 21) }
            let channel = context.channel(of: String.self, capacity: 1)
            try await channel.send("first")
            for _ in 0..<3 {
                let event = try await context.select(
                    .receive(channel) { "channel \($0 ?? "closed")" },
                    .receive(ConcurrencyTests.number) { "signal \($0)" },
                    .after(.milliseconds(milliseconds)) { "nobody" }
                )
                events.append(event)
                if event.hasPrefix("signal") { break }
            }
            events.append(try await context.select(.await(work) { "work \($0)" }))
            events.append(try await context.select(.receive(channel) { _ in "never" }, .default { "default" }))
            return events
        }
    }

    @Test("select takes the first that is ready, in the order given", arguments: Setup.all)
    func select(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Choosing.self
            ActivityFunction(Self.double) { _, number in 2 * number }
        } body: { fleet in
            let alone = try await fleet.client.start(Choosing.self, 5).result()
            #expect(alone == ["channel first", "nobody", "nobody", "work 42", "default"])
            let handle = try await fleet.client.start(Choosing.self, 3_600_000)
            try await handle.signal(Self.number, 7)
            #expect(try await handle.result() == ["channel first", "signal 7", "work 42", "default"])
        }
    }

    struct Conditions: Workflow {
        func run(_ context: WorkflowContext, _ goal: Int) async throws -> [Int] {
            let seen = Seen()
            context.future {
                for try await number in context.signals(ConcurrencyTests.number) { seen.numbers.append(number) }
            }
            try await context.until { seen.numbers.count >= goal }
            return seen.numbers
        }

        final class Seen: @unchecked Sendable {
            // Touched by the tasks of one execution, which run one at a time.
            var numbers: [Int] = []
        }
    }

    @Test("until: the line behind it may rely on the condition", arguments: Setup.all)
    func until(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Conditions.self
        } body: { fleet in
            let handle = try await fleet.client.start(Conditions.self, 5)
            for number in 0..<5 { try await handle.signal(Self.number, number) }
            let seen = try await handle.result()
            #expect(seen == Array(0..<5))
        }
    }
}
