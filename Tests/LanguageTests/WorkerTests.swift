import Aloft
import AloftTesting
import Synchronization
import Testing

@Suite struct WorkerTests {
    struct Echo: Workflow {
        func run(_ context: WorkflowContext, _ text: String) async throws -> String { text }
    }

    struct OtherEcho: Workflow {
        static let name = "Echo"
        func run(_ context: WorkflowContext) async throws {}
    }

    @Test func twoUnderOneNameAreRefusedNamingBoth() async throws {
        let worker = Worker(store: MemoryStore()) {
            Echo.self
            OtherEcho.self
        }
        await #expect {
            try await worker.run()
        } throws: { error in
            let text = "\(error)"
            return text.contains("\"Echo\"") && text.contains("WorkerTests.Echo") && text.contains("OtherEcho")
        }
    }

    @Test("Waiting for a worker that never runs ends by cancellation")
    func readiness() async throws {
        let worker = Worker(store: MemoryStore()) { Echo.self }
        let waiting = Task { try await worker.waitUntilReady() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test(arguments: Setup.all)
    func inputThatDoesNotDecodeFailsTheWorkflowForGood(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Echo.self
        } body: { fleet in
            let wrong = WorkflowReference<[String: Int], String>("Echo")
            let handle = try await fleet.client.start(wrong, ["a": 1])
            let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
            #expect(error?.failure.isPermanent == true)
            #expect(error?.message.contains("String") == true)
        }
    }

    @Test("A type that only another worker knows waits for that one", arguments: Setup.all)
    func unknownWorkflow(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let handle = try await fleet.client.start(Echo.self, "late")
            try await fleet.withWorker({ OtherFlow.self }) {
                try await eventually { try await handle.state().problem != nil }
                let problem = try await handle.state().problem
                #expect(problem?.contains("no worker of queue default knows workflow Echo") == true)
                try await fleet.withWorker({ Echo.self }) {
                    let result = try await handle.result()
                    let state = try await handle.state()
                    #expect(result == "late")
                    #expect(state.problem == nil)
                }
            }
        }
    }

    struct OtherFlow: Workflow {
        func run(_ context: WorkflowContext) async throws {}
    }

    @Test("Several queues on one worker: none is starved, none loses a task", arguments: Setup.all)
    func queues(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let queues: [TaskQueue] = ["red", "green", "blue"]
            try await fleet.withWorker(queues: queues) {
                Painting.self
                ActivityFunction("paint") { (color: String) in color.uppercased() }
            } body: {
                var handles: [InstanceHandle<String>] = []
                for number in 0..<90 {
                    handles.append(try await fleet.client.start(Painting.self, number, queue: queues[number % 3]))
                }
                for (number, handle) in handles.enumerated() {
                    #expect(try await handle.result() == queues[(number + 1) % 3].rawValue.uppercased())
                }
            }
        }
    }

    struct Painting: Workflow {
        func run(_ context: WorkflowContext, _ number: Int) async throws -> String {
            let queue: TaskQueue = ["green", "blue", "red"][number % 3]
            return try await context.activity(
                ActivityReference<String, String>("paint"),
                queue.rawValue,
                options: ActivityOptions(queue: queue)
            )
        }
    }

    @Test("Code that changed under an open instance stops its task; fixed code goes on", arguments: Setup.all)
    func nondeterminism(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let handle = try await fleet.client.start(Version1.self)
            try await fleet.withWorker({ Version1.self }) {
                try await eventually { try await handle.state().historyLength == 2 }
            }
            try await handle.signal(Version1.go)
            try await fleet.withWorker({ Version2.self }) {
                try await eventually { try await handle.state().problem != nil }
                let problem = try #require(try await handle.state().problem)
                #expect(problem.contains("event 2") && problem.contains("timer") && problem.contains("WorkerTests"))
            }
            let result = try await fleet.withWorker({ Version1.self }) { try await handle.result() }
            #expect(result == 1)
        }
    }

    struct Fetching: Workflow {
        func run(_ context: WorkflowContext, _ bytes: Int) async throws -> String {
            do {
                return try await context.activity(ActivityReference<Int, String>("fetch"), bytes)
            } catch let error as ActivityError {
                return "\(error.type), permanent: \(error.isPermanent)"
            }
        }
    }

    @Test("A result that the store does not take fails its activity", arguments: Setup.all)
    func largeResult(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Fetching.self
            ActivityFunction("fetch") { (bytes: Int) in String(repeating: "x", count: bytes) }
        } body: { fleet in
            let large = try await fleet.client.start(Fetching.self, 1_200_000).result()
            #expect(large == "PayloadTooLarge, permanent: true")
            let small = try await fleet.client.start(Fetching.self, 10).result()
            #expect(small == "xxxxxxxxxx")
        }
    }

    @Test("Names that Swift takes for equal and stores do not are different instances and queues", arguments: Setup.all)
    func spelling(_ setup: Setup) async throws {
        let composed: InstanceID = "caf\u{e9}"
        let decomposed: InstanceID = "cafe\u{301}"
        #expect(composed != decomposed)
        try await withFleet(setup) { fleet in
            let queue: TaskQueue = "\u{301}jobs"
            try await fleet.withWorker(queues: [queue]) {
                Fetching.self
                ActivityFunction("fetch") { (count: Int) in String(repeating: "x", count: count) }
            } body: {
                let first = try await fleet.client.start(Fetching.self, 1, id: composed, queue: queue)
                let second = try await fleet.client.start(Fetching.self, 2, id: decomposed, queue: queue)
                let results = try await [first.result(), second.result()]
                #expect(results == ["x", "xx"])
            }
        }
    }

    struct Spinning: Workflow {
        static let mayEnd = Mutex(false)
        func run(_ context: WorkflowContext) async throws {
            while !Self.mayEnd.withLock({ $0 }) {}
        }
    }

    @Test("Code that holds its thread is reported and its task put back")
    func watchdog() async throws {
        let setup = Setup(backend: .memory, isResident: true)
        try await withFleet(setup) { fleet in
            let options = WorkerOptions(stallLimit: .milliseconds(50))
            try await fleet.withWorker(options: options) {
                Spinning.self
            } body: {
                defer { Spinning.mayEnd.withLock { $0 = true } }
                let handle = try await fleet.client.start(Spinning.self)
                try await eventually { try await handle.state().problem?.contains("held its thread") == true }
            }
        }
    }

    struct Version1: Workflow {
        static let name = "versioned"
        static let go = Signal<Void>("go")
        func run(_ context: WorkflowContext) async throws -> Int {
            try await context.timeout(.seconds(3600)) { try await context.receive(Self.go) }
            return 1
        }
    }

    struct Version2: Workflow {
        static let name = "versioned"
        func run(_ context: WorkflowContext) async throws -> Int {
            try await context.activity(ActivityReference<Void, Void>("new"), ())
            return 2
        }
    }
}
