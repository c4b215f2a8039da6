import Aloft
import AloftCore
import AloftRedis
import RedisClient
import Testing

/// Values that are far too large, in every place where one can stand: a clear error, nothing lost, memory given back.
@Suite("Sizes", .serialized) struct SizeTests {
    static let megabytes = isLong ? 100 : 2

    static func large(_ megabytes: Int) -> String { String(repeating: "x", count: megabytes << 20) }

    struct Makes: Workflow {
        func run(_ context: WorkflowContext, _ what: String) async throws -> String {
            do {
                switch what {
                case "result": return SizeTests.large(SizeTests.megabytes)
                case "input":
                    try await context.activity(
                        ActivityReference<String, Void>("takes"),
                        SizeTests.large(SizeTests.megabytes)
                    )
                case "failure": throw Verbose(failure: Verbose.sample(bytes: SizeTests.megabytes << 20))
                default: _ = try await context.activity(ActivityReference<String, String>("makes"), what)
                }
                return "accepted"
            } catch let error as ActivityError {
                return "\(error.type): \(error.message)"
            } catch let error as PayloadError {
                return "\(error)"
            }
        }
    }

    /// An error that makes its own failure, and does not know any bounds.
    struct Verbose: FailureConvertible {
        var failure: Failure

        static func sample(bytes: Int) -> Failure {
            let text = String(repeating: "é", count: bytes / 2)
            return Failure(
                type: text,
                message: text,
                details: Payload(bytes: Array(text.utf8), encoding: .json),
                isPermanent: true,
                causes: Array(repeating: .init(type: text, message: text), count: 20),
                backtrace: text
            )
        }
    }

    private static let components: [WorkerComponent] = [
        .workflow(Makes.self), .workflow(Everything.self), .workflow(Echo.self),
        .activity(ActivityFunction<String, Void>("takes") { _ in }),
        .activity(ActivityFunction("shout") { (text: String) in text.uppercased() }),
        .activity(
            ActivityFunction<String, String>("makes") { what in
                switch what {
                case "verbose": throw Verbose(failure: Verbose.sample(bytes: SizeTests.megabytes << 20))
                default: return SizeTests.large(SizeTests.megabytes)
                }
            }
        ),
    ]

    @Test("Of an activity: its input, its result, its error")
    func activities() async {
        for isEager in [true, false] {
            // One after the other where memory is looked at.
            await sideBySide(["input", "activity's result", "verbose"], width: isLong ? 1 : 3) { what in
                try await activity(what, isEager: isEager)
            }
        }
    }

    private func activity(_ what: String, isEager: Bool) async throws {
        try await withHostileFleet { fleet in
            // Encoding so much takes a slow machine longer than workflow code may hold its thread.
            let options = WorkerOptions(
                eagerActivities: isEager,
                problemRetryInterval: .milliseconds(50),
                stallLimit: .seconds(300)
            )
            try await fleet.withWorker(Self.components, options) {
                let before = try Memory.resident()
                let handle = try await fleet.client.start(Makes.self, what, id: "one")
                let result = try await handle.result()
                if what == "verbose" {
                    #expect(result.utf8.count < 6_000 && result.hasSuffix("…"))
                } else {
                    #expect(result.contains("1048576"), "\(result.prefix(300))")
                }
                // Once: it does not get smaller by trying again.
                let history = try await handle.history()
                #expect(history.count <= 5)
                let bytes = try await fleet.integer("MEMORY", "USAGE", RedisArgument(fleet.key("h:one")))
                #expect(bytes < 300_000, "bounded in Redis too")
                // Room for the value itself, encoded, on its way, and in the error that was made of it; and it is given back.
                let growth = try Memory.resident() - before
                #expect(growth < (Self.megabytes * 4 + 300) << 20, "\(what) leaves \(growth >> 20) MiB")
                if isLong {
                    print(
                        "\(what), eager \(isEager): resident \(before >> 20) MiB before, \(try Memory.resident() >> 20) after"
                    )
                }
            }
        }
    }

    @Test("Of a workflow: its result and its error fail it", arguments: ["result", "failure"])
    func workflow(_ what: String) async throws {
        try await withHostileFleet { fleet in
            try await fleet.withWorker(Self.components, WorkerOptions(stallLimit: .seconds(300))) {
                let handle = try await fleet.client.start(Makes.self, what, id: "one")
                let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
                #expect(error?.status == .failed)
                #expect((error?.message.utf8.count ?? .max) < 6_000)
                if what == "result" { #expect(error?.message.contains("1048576") == true) }
            }
        }
    }

    @Test("Of a client: each is refused, and nothing of it is there")
    func client() async throws {
        try await withHostileFleet { fleet in
            let large = Self.large(Self.megabytes)
            let handle = try await fleet.client.start(Echo.self, "a", id: "one")
            let before = try await fleet.integer("DBSIZE")
            let calls: [@Sendable () async throws -> Void] = [
                { try await fleet.client.start(Echo.self, large) },
                { try await fleet.client.start(Echo.self, "a", options: StartOptions(memo: ["a": large])) },
                { try await fleet.client.start(Echo.self, "a", options: StartOptions(memo: [large: "a"])) },
                { try await handle.signal(Everything.go, large) }, { try await handle.cancel(reason: large) },
                { try await handle.terminate(reason: large) },
                { try await fleet.store.terminate("one", execution: nil, reason: large) },
                {
                    let encoding = PayloadEncoding(rawValue: large)
                    let start = InstanceStart(
                        instance: "two",
                        workflow: "W",
                        input: Payload(bytes: [], encoding: encoding)
                    )
                    _ = try await fleet.store.start(start)
                },
            ]
            for (number, call) in calls.enumerated() {
                await #expect("call \(number)") { try await call() } throws: {
                    ($0 as? StoreError)?.code == .payloadTooLarge
                }
            }
            for (id, code) in [(InstanceID(large), StoreError.Code.invalidIdentifier)] {
                await #expect { try await fleet.client.start(Echo.self, "a", id: id) } throws: {
                    ($0 as? StoreError)?.code == code && "\($0)".utf8.count < 500
                }
            }
            let after = try await fleet.integer("DBSIZE")
            #expect(after == before)
        }
    }

    struct Fans: Workflow {
        func run(_ context: WorkflowContext, _ megabytes: Int) async throws -> Int {
            let text = String(repeating: "x", count: 1 << 19)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 * megabytes {
                    group.addTask { try await context.activity(ActivityReference<String, Void>("takes"), text) }
                }
                var count = 0
                while try await group.next() != nil { count += 1 }
                return count
            }
        }
    }

    @Test("Many large inputs at once: as many as fit into a transition are run; beyond that the problem is shown")
    func fan() async throws {
        try await withHostileFleet {
            $0.redis.maximumReplyBytes = 16 << 20
        } _: { fleet in
            let components = Self.components + [.workflow(Fans.self)]
            try await fleet.withWorker(components) {
                let fitting = try await fleet.client.start(Fans.self, 6).result()
                #expect(fitting == 12)
                let large = try await fleet.client.start(Fans.self, 12, id: "large")
                try await eventually("the problem is shown") {
                    try await large.state().problem?.contains("fewer activities") == true
                }
                let other = try await fleet.client.start(Echo.self, "unharmed").result()
                #expect(other == "unharmed")
                try await large.terminate()
            }
        }
    }
}
