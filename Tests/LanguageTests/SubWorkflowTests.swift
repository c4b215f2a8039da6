import Aloft
import Synchronization
import Testing

/// Sub-workflows: their ids and queues, how they end, and what becomes of them when their parent ends first.
@Suite struct SubWorkflowTests {
    struct Refused: Error, Codable, Equatable { var code: Int }

    struct Child: Workflow {
        func run(_ context: WorkflowContext, _ number: Int) async throws -> Int {
            if number < 0 { throw Refused(code: number) }
            return try await context.activity(ActivityReference<Int, Int>("double"), number)
        }
    }

    /// Waits to be told, and notes how it ended.
    struct Sleeper: Workflow {
        static let wake = Signal<Int>("wake")
        func run(_ context: WorkflowContext) async throws -> Int { try await context.receive(Self.wake) }
    }

    struct Family: Workflow {
        func run(_ context: WorkflowContext, _ numbers: [Int]) async throws -> [Int] {
            async let first = context.subWorkflow(Child.self, numbers[0])
            let second = try await context.startSubWorkflow(
                Child.self,
                numbers[1],
                options: SubWorkflowOptions(id: "second", queue: "other")
            )
            let reference = try await context.subWorkflow(WorkflowReference<Int, Int>("Child"), numbers[2])
            return try await [first, second.result(), reference, second.result()]
        }
    }

    @Test("Started, awaited, on a queue of their own, under chosen and derived ids", arguments: Setup.all)
    func results(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            try await fleet.withWorker(queues: ["default", "other"]) {
                Family.self
                Child.self
                ActivityFunction("double") { (number: Int) in 2 * number }
            } body: {
                let handle = try await fleet.client.start(Family.self, [1, 2, 3], id: "family")
                let result = try await handle.result()
                #expect(result == [2, 4, 6, 4])
                let second = try await fleet.client.handle("second", of: Child.self).state()
                #expect(second.queue == "other")
                #expect(second.parent?.instance == "family")
                let children = try await handle.history().compactMap { event -> InstanceID? in
                    guard case .subWorkflowScheduled(let scheduled) = event.body else { return nil }
                    return scheduled.instance
                }
                #expect(Set(children).count == 3)
                for child in children {
                    let state = try await fleet.client.handle(child, of: Child.self).state()
                    #expect(state.status == .completed)
                }
            }
        }
    }

    struct Catching: Workflow {
        func run(_ context: WorkflowContext, _ number: Int) async throws -> String {
            do {
                return "\(try await context.subWorkflow(Child.self, number))"
            } catch let error as SubWorkflowError {
                return "\(error.workflow): \(error.type) \(error.details(Refused.self)?.code ?? 0)"
            }
        }
    }

    @Test("A failure arrives typed, with its details", arguments: Setup.all)
    func failure(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Catching.self
            Child.self
        } body: { fleet in
            #expect(try await fleet.client.start(Catching.self, -7).result() == "Child: Refused -7")
        }
    }

    struct Twin: Workflow {
        func run(_ context: WorkflowContext, _ id: String) async throws -> String {
            let options = SubWorkflowOptions(id: InstanceID(id))
            do {
                return "\(try await context.subWorkflow(Sleeper.self, options: options))"
            } catch let error as SubWorkflowError {
                return "\(error.failure.kind)"
            }
        }
    }

    @Test(
        "An id that an open instance has is an error the parent can catch; a finished one is replaced",
        arguments: Setup.all
    )
    func idInUse(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Twin.self
            Sleeper.self
        } body: { fleet in
            let sleeper = try await fleet.client.start(Sleeper.self, id: "taken")
            #expect(try await fleet.client.start(Twin.self, "taken").result() == "already exists")
            try await sleeper.signal(Sleeper.wake, 1)
            #expect(try await sleeper.result() == 1)
            let twin = try await fleet.client.start(Twin.self, "taken")
            try await eventually { try await sleeper.status() == .running }
            try await sleeper.signal(Sleeper.wake, 2)
            #expect(try await twin.result() == "2")
        }
    }

    struct Cancelling: Workflow {
        func run(_ context: WorkflowContext, _ how: String) async throws -> String {
            switch how {
            case "handle":
                let child = try await context.startSubWorkflow(Sleeper.self, options: .init(id: "child"))
                try await child.cancel()
                do { return "\(try await child.result())" } catch let error as SubWorkflowError {
                    return "\(error.failure.kind)"
                }
            default:
                // The timer ends the race; the child is cancelled, and seen to end.
                do {
                    return try await context.timeout(.milliseconds(10)) {
                        "\(try await context.subWorkflow(Sleeper.self, options: .init(id: "child")))"
                    }
                } catch is TimeoutError {
                    return "timed out"
                }
            }
        }
    }

    @Test("Cancelling the handle or the awaiting task cancels the sub-workflow", arguments: Setup.all)
    func cancelled(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Cancelling.self
            Sleeper.self
        } body: { fleet in
            for (how, result) in [("handle", "cancelled"), ("timeout", "timed out")] {
                #expect(try await fleet.client.start(Cancelling.self, how).result() == result)
                #expect(try await fleet.client.handle("child", of: Sleeper.self).status() == .cancelled)
                try await fleet.client.handle("child", of: Sleeper.self).remove()
            }
        }
    }

    struct Guardian: Workflow {
        func run(_ context: WorkflowContext) async throws -> Int {
            let child = try await context.startSubWorkflow(Sleeper.self, options: .init(id: "ward"))
            try await context.sleep(for: .seconds(3600))
            return try await child.result()
        }
    }

    @Test("Cancelling the parent cancels its sub-workflows, also those it does not await now", arguments: Setup.all)
    func parentCancelled(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Guardian.self
            Sleeper.self
        } body: { fleet in
            let handle = try await fleet.client.start(Guardian.self)
            let ward = fleet.client.handle("ward", of: Sleeper.self)
            try await eventually { try await fleet.store.state(of: "ward") != nil }
            try await handle.cancel()
            let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
            #expect(error?.status == .cancelled)
            let wardError = await #expect(throws: WorkflowError.self) { try await ward.result() }
            #expect(wardError?.status == .cancelled)
        }
    }

    @Test("A child whose parent is cancelled before anything ran never does anything", arguments: Setup.all)
    func cancelledBeforeStart(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let handle = try await fleet.client.start(Guardian.self)
            try await handle.cancel()
            try await fleet.withWorker {
                Guardian.self
                Sleeper.self
            } body: {
                let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
                #expect(error?.status == .cancelled)
                let ward = try await fleet.store.state(of: "ward")
                #expect(ward == nil)
            }
        }
    }

    struct Parting: Workflow {
        struct Order: Codable, Sendable {
            var policy: ParentClosePolicy
            var continues: Bool
        }

        func run(_ context: WorkflowContext, _ order: Order) async throws {
            if context.continuedFrom != nil { return }
            _ = try await context.startSubWorkflow(Sleeper.self, options: .init(id: "left", closePolicy: order.policy))
            if order.continues { throw context.continueAsNew(order) }
        }
    }

    @Test(
        "When the parent ends or continues as new, the policy says what becomes of its children",
        arguments: Setup.all
    )
    func closePolicies(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Parting.self
            Sleeper.self
        } body: { fleet in
            let left = fleet.client.handle("left", of: Sleeper.self)
            let ends: [(ParentClosePolicy, InstanceStatus)] = [
                (.cancel, .cancelled), (.terminate, .terminated), (.abandon, .completed),
            ]
            for continues in [false, true] {
                for (policy, end) in ends {
                    let order = Parting.Order(policy: policy, continues: continues)
                    try await fleet.client.start(Parting.self, order).result()
                    try await eventually { try await fleet.store.state(of: "left") != nil }
                    if policy == .abandon { try await left.signal(Sleeper.wake, 1) }
                    _ = try? await left.result()
                    #expect(try await left.status() == end)
                    try await left.remove()
                }
            }
        }
    }

    struct Cleaning: Workflow {
        func run(_ context: WorkflowContext) async throws {
            do {
                try await context.sleep(for: .seconds(3600))
            } catch {
                try await context.shielded { _ = try await context.subWorkflow(Child.self, 21) }
                throw error
            }
        }
    }

    @Test("Clean-up in a shield may start sub-workflows", arguments: Setup.all)
    func shielded(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Cleaning.self
            Child.self
            ActivityFunction("double") { (number: Int) in 2 * number }
        } body: { fleet in
            let handle = try await fleet.client.start(Cleaning.self)
            try await eventually { try await handle.state().historyLength == 2 }
            try await handle.cancel()
            let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
            #expect(error?.status == .cancelled)
            let end = try await handle.history().compactMap { event -> Payload? in
                guard case .subWorkflowCompleted(_, let payload) = event.body else { return nil }
                return payload
            }
            #expect(end.count == 1)
        }
    }

    struct Crowd: Workflow {
        func run(_ context: WorkflowContext, _ count: Int) async throws -> Int {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<count { group.addTask { try await context.subWorkflow(Leaf.self, number) } }
                return try await group.reduce(0, +)
            }
        }
    }

    struct Leaf: Workflow {
        func run(_ context: WorkflowContext, _ number: Int) async throws -> Int { number }
    }

    @Test("Hundreds of sub-workflows at once", arguments: Setup.all)
    func many(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Crowd.self
            Leaf.self
        } body: { fleet in
            let sum = try await fleet.client.start(Crowd.self, 300).result()
            #expect(sum == 299 * 300 / 2)
        }
    }

    struct Tower: Workflow {
        func run(_ context: WorkflowContext, _ height: Int) async throws -> Int {
            height == 0 ? 0 : try await 1 + context.subWorkflow(Tower.self, height - 1)
        }
    }

    @Test("Sub-workflows of sub-workflows", arguments: Setup.all)
    func nested(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Tower.self
        } body: { fleet in
            #expect(try await fleet.client.start(Tower.self, 25).result() == 25)
        }
    }
}
