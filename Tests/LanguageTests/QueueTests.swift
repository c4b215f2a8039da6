import Aloft
import Testing

/// Which queue work is on, and who takes it from there.
@Suite struct QueueTests {
    struct Where: Activity {
        func run(_ context: ActivityContext) async throws -> TaskQueue { context.queue }
    }

    struct Child: Workflow {
        func run(_ context: WorkflowContext) async throws -> [TaskQueue] {
            [context.queue, try await context.activity(Where.self)]
        }
    }

    struct Parent: Workflow {
        func run(_ context: WorkflowContext) async throws -> [TaskQueue] {
            let own = [context.queue, try await context.activity(Where.self)]
            return try await own + context.subWorkflow(Child.self)
        }
    }

    @Test("Activities and sub-workflows are on the queue of their instance, which is `default`", arguments: Setup.all)
    func inherited(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            for queue: TaskQueue? in [nil, "special"] {
                try await fleet.withWorker(queues: [queue ?? "default"]) {
                    Parent.self
                    Child.self
                    Where()
                } body: {
                    let handle =
                        if let queue { try await fleet.client.start(Parent.self, queue: queue) } else {
                            try await fleet.client.start(Parent.self)
                        }
                    #expect(try await handle.result() == Array(repeating: queue ?? "default", count: 4))
                }
            }
        }
    }

    struct Elsewhere: Workflow {
        func run(_ context: WorkflowContext) async throws -> TaskQueue {
            try await context.activity(Where.self, options: ActivityOptions(queue: "theirs"))
        }
    }

    @Test("A worker leaves the tasks of other queues alone", arguments: Setup.all)
    func onlyItsOwn(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let components: [WorkerComponent] = [.workflow(Elsewhere.self), .workflow(Child.self), .activity(Where())]
            let theirs = try await fleet.client.start(Child.self, queue: "theirs")
            try await fleet.withWorker(queues: ["ours"]) {
                components
            } body: {
                let half = try await fleet.client.start(Elsewhere.self, queue: "ours")
                try await eventually { try await half.pendingActivities().first?.position == .queued }
                // Whatever came before this has been looked at.
                #expect(try await fleet.client.start(Child.self, queue: "ours").result() == ["ours", "ours"])
                #expect(try await half.pendingActivities().first?.position == .queued)
                #expect(try await theirs.state().historyLength == 0)
                try await fleet.withWorker(queues: ["theirs"]) {
                    components
                } body: {
                    let results = try await (half.result(), theirs.result())
                    #expect(results.0 == "theirs")
                    #expect(results.1 == ["theirs", "theirs"])
                }
            }
        }
    }
}
