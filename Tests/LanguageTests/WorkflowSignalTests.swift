import Aloft
import Testing

/// Signals from one workflow to another.
@Suite struct WorkflowSignalTests {
    static let ball = Signal<Int>("ball")
    static let done = Signal<Void>("done")

    struct Player: Workflow {
        func run(_ context: WorkflowContext, _ other: InstanceID) async throws -> [Int] {
            var caught: [Int] = []
            for try await number in context.signals(WorkflowSignalTests.ball) {
                caught.append(number)
                if number > 0 { try await context.signal(other, WorkflowSignalTests.ball, number - 1) }
                if number <= 1 { break }
            }
            return caught
        }
    }

    @Test("Two workflows signal each other", arguments: Setup.all)
    func pingPong(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Player.self
        } body: { fleet in
            let ping = try await fleet.client.start(Player.self, "pong", id: "ping")
            let pong = try await fleet.client.start(Player.self, "ping", id: "pong")
            try await ping.signal(Self.ball, 9)
            #expect(try await ping.result() == [9, 7, 5, 3, 1])
            #expect(try await pong.result() == [8, 6, 4, 2, 0])
        }
    }

    struct Sender: Workflow {
        func run(_ context: WorkflowContext, _ targets: [InstanceID]) async throws -> [String] {
            var results: [String] = []
            for target in targets {
                do {
                    try await context.signal(target, WorkflowSignalTests.done)
                    results.append("delivered")
                } catch let error as SignalError {
                    results.append("\(error.failure.kind)")
                }
            }
            return results
        }
    }

    struct Waiter: Workflow {
        func run(_ context: WorkflowContext) async throws { try await context.receive(WorkflowSignalTests.done) }
    }

    @Test("The sender learns whether the signal was accepted", arguments: Setup.all)
    func outcome(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Sender.self
            Waiter.self
        } body: { fleet in
            let finished = try await fleet.client.start(Waiter.self)
            try await finished.signal(Self.done)
            try await finished.result()
            let waiter = try await fleet.client.start(Waiter.self)
            let targets = [waiter.instance, "nobody", finished.instance]
            let result = try await fleet.client.start(Sender.self, targets).result()
            #expect(result == ["delivered", "not found", "finished"])
            try await waiter.result()
        }
    }

    struct Burst: Workflow {
        func run(_ context: WorkflowContext, _ target: InstanceID) async throws {
            for number in 0..<100 { try await context.signal(target, WorkflowSignalTests.ball, number) }
        }
    }

    struct Catcher: Workflow {
        func run(_ context: WorkflowContext) async throws -> [Int] {
            var caught: [Int] = []
            while caught.count < 100 { caught.append(try await context.receive(WorkflowSignalTests.ball)) }
            return caught
        }
    }

    @Test("Signals of one sender arrive in order", arguments: Setup.all)
    func order(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Burst.self
            Catcher.self
        } body: { fleet in
            let catcher = try await fleet.client.start(Catcher.self)
            _ = try await fleet.client.start(Burst.self, catcher.instance)
            #expect(try await catcher.result() == Array(0..<100))
        }
    }

    struct Selfish: Workflow {
        func run(_ context: WorkflowContext) async throws -> Int {
            try await context.signal(context.instance, WorkflowSignalTests.ball, 5)
            return try await context.receive(WorkflowSignalTests.ball)
        }
    }

    @Test("An instance may signal itself", arguments: Setup.all)
    func itself(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Selfish.self
        } body: { fleet in
            let result = try await fleet.client.start(Selfish.self).result()
            #expect(result == 5)
        }
    }

    struct Upward: Workflow {
        func run(_ context: WorkflowContext) async throws -> Int {
            let child = try await context.startSubWorkflow(Answering.self, context.instance)
            try await child.signal(WorkflowSignalTests.ball, 20)
            return try await context.receive(WorkflowSignalTests.ball)
        }
    }

    struct Answering: Workflow {
        func run(_ context: WorkflowContext, _ parent: InstanceID) async throws {
            let number = try await context.receive(WorkflowSignalTests.ball)
            try await context.signal(parent, WorkflowSignalTests.ball, number + 1)
        }
    }

    @Test("Parent and child signal each other", arguments: Setup.all)
    func family(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Upward.self
            Answering.self
        } body: { fleet in
            let result = try await fleet.client.start(Upward.self).result()
            #expect(result == 21)
        }
    }
}
