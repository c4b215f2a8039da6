import Aloft
import AloftTesting
import Logging
import Testing

@Suite struct ActivityTesterTests {
    struct Greet: Activity {
        func run(_ context: ActivityContext, _ name: String) async throws -> String {
            context.logger.info("greeting", metadata: ["name": "\(name)"])
            guard context.attempt > 1 else { throw Busy() }
            return "Hello, \(name), from \(context.instance) on \(context.queue) (\(context.idempotencyKey))"
        }
    }

    struct Tick: Activity {
        func run(_ context: ActivityContext) async throws -> Int { context.attempt }
    }

    @Test("An activity runs with the context that the test chooses")
    func context() async throws {
        let tester = ActivityTester(instance: "i", execution: "e", activity: CommandID(4), attempt: 2, queue: "q")
        #expect(try await tester.run(Greet(), "Ada") == "Hello, Ada, from i on q (e/4)")
        #expect(try await tester.run(Tick()) == 2)
    }

    @Test("What it throws arrives as it is")
    func error() async throws {
        await #expect(throws: Busy.self) { try await ActivityTester().run(Greet(), "Ada") }
    }

    @Test("What it logs can be read, with its identifiers")
    func log() async throws {
        let tester = ActivityTester(attempt: 2)
        _ = try await tester.run(Greet(), "Ada")
        let line = try #require(tester.lines.first)
        #expect(line.text == "greeting")
        #expect(line.level == .info)
        #expect(line.metadata["name"] == "Ada")
        #expect(line.metadata["aloft.activity"] == "Greet")
        #expect(line.metadata["aloft.attempt"] == "2")
    }

    struct Halved: Codable, Sendable, Equatable {
        var half: Double
        init(half: Double) { self.half = half }
        init(from decoder: any Decoder) throws { half = try decoder.singleValueContainer().decode(Double.self) * 2 }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(half)
        }
    }

    struct Echo: Activity {
        func run(_ context: ActivityContext, _ value: Halved) async throws -> Halved { value }
    }

    @Test("Values pass through their encoding, as in a worker")
    func encoding() async throws {
        #expect(try await ActivityTester().run(Echo(), Halved(half: 1)) == Halved(half: 4))
    }

    @Test("Code that takes a context can be called with one")
    func bareContext() {
        let context = ActivityTester(attempt: 5).context(for: "x")
        #expect(context.name == "x")
        #expect(context.attempt == 5)
    }
}
