internal import AloftCore
internal import Testing

extension StoreConformance {
    static let unknownTypes: [Check] = [
        Check("an activity that no worker knows waits, and its instance says so") { bench in
            let worker = try await bench.worker(knowing: ["something else"])
            let running = try await bench.begin(by: worker) { $0.scheduling(1) }
            let task = try await bench.takeActivity(by: worker)
            let moment = bench.store.now + bench.step
            try await bench.handBack(task, by: worker, limit: nil)
            let problem = "no worker of queue default knows activity activity 1"
            #expect(try await bench.state(of: running.instance).problem == problem)
            #expect(try await bench.everyActivity(for: worker).isEmpty)
            try await bench.expectDue(notBefore: moment, by: worker)
            let again = try await bench.takeActivity(by: worker)
            #expect(again.lease == task.lease, "that was no attempt")
            #expect(try await bench.store.finish(again, by: worker.worker, outcome: .completed(.none)))
            try await bench.commit(try await bench.take(by: worker).transition())
            #expect(try await bench.state(of: running.instance).problem == nil)
        },
        Check("a workflow that no worker knows waits, and its instance says so") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let task = try await bench.takeTask(by: worker)
            let moment = bench.store.now + bench.step
            try await bench.postpone(task, by: worker, limit: nil)
            #expect(
                try await bench.state(of: start.instance).problem == "no worker of queue default knows workflow Check"
            )
            #expect(try await bench.everyTask(for: worker).isEmpty)
            try await bench.expectDue(notBefore: moment, by: worker)
            try await bench.commit(try await bench.take(by: worker).transition())
            #expect(try await bench.state(of: start.instance).problem == nil)
        },
        Check("an activity that no worker has known for its limit fails, and says what is missing") { bench in
            let worker = try await bench.worker(knowing: ["pack", "print"])
            _ = try await bench.worker(activities: ["other"], knowing: ["elsewhere"])
            _ = try await bench.begin(by: worker) { $0.scheduling(1) }
            let first = try await bench.takeActivity(by: worker)
            let met = bench.store.now
            try await bench.handBack(first, by: worker, limit: bench.step * 3)
            let held = try await bench.untilInput(by: worker) { task in
                try await bench.handBack(task, by: worker, limit: bench.step * 3)
            }
            guard case .activityFailed(CommandID(1), let failure)? = held.bodies.first else {
                throw Disappointment("\(held.bodies)")
            }
            #expect(held.bodies.count == 1)
            #expect(held.inputs[0].timestamp >= met + bench.step * 3, "not early")
            #expect(failure.kind == .unknownType)
            #expect(failure.type == "UnknownType")
            #expect(failure.isPermanent)
            for part in ["activity 1", "default", "pack", "print"] {
                #expect(failure.message.contains(part), "\(failure.message)")
            }
            #expect(!failure.message.contains("elsewhere"), "that worker serves another queue")
            #expect(try await bench.everyActivity(for: worker).isEmpty)
            try await bench.commit(held.transition())
        },
        Check("an instance whose workflow no worker has known for its limit fails, and says what is missing") { bench in
            let worker = try await bench.worker(knowing: ["Fulfilment"])
            let start = try await bench.start()
            let waiter = bench.waiter(for: start.instance)
            let first = try await bench.takeTask(by: worker)
            try await bench.postpone(first, by: worker, limit: bench.step * 2)
            #expect(try await bench.state(of: start.instance).status == .running)
            try await bench.pass(bench.step * 2)
            try await bench.tickAll(by: worker)
            try await bench.postpone(try await bench.takeTask(by: worker), by: worker, limit: bench.step * 2)
            let completion = try await waiter.value
            guard case .failed(let failure) = completion else { throw Disappointment("\(completion)") }
            #expect(failure.kind == .unknownType)
            #expect(failure.type == "UnknownType")
            #expect(failure.isPermanent)
            for part in ["Check", "default", "Fulfilment"] { #expect(failure.message.contains(part)) }
            #expect(try await bench.lastEvent(of: start.instance)?.body == .workflowFailed(failure))
            #expect(try await bench.everyTask(for: worker).isEmpty)
            try await bench.expectNothingDue(by: worker)
        },
        Check("a parent is told of a sub-workflow that nobody knows") { bench in
            let (worker, helper) = try await bench.family()
            _ = try await bench.parent(by: worker)
            try await bench.postpone(try await bench.takeTask(by: helper), by: helper, limit: .zero)
            guard case .subWorkflowFailed(CommandID(1), let failure)? = try await bench.take(by: worker).bodies.first
            else { throw Disappointment("the parent was not told") }
            #expect(failure.kind == .unknownType)
        },
        Check("the time counts for the name, not for the task") { bench in
            let worker = try await bench.worker()
            _ = try await bench.begin(by: worker) { $0.scheduling(1) }
            try await bench.handBack(try await bench.takeActivity(by: worker), by: worker, limit: bench.step * 3)
            try await bench.pass(bench.step * 3)
            _ = try await bench.begin(by: worker) { $0.scheduling(1) }
            let second = try await bench.takeActivity(by: worker)
            try await bench.handBack(second, by: worker, limit: bench.step * 3)
            let held = try await bench.take(by: worker)
            #expect(held.instance == second.instance, "it fails when it is first met")
            #expect(held.bodies.map(\.command) == [CommandID(1)])
        },
        Check("one name's time is not another's, nor that of another queue, nor that of workflows") { bench in
            let worker = try await bench.worker(activities: [.default, "other"])
            _ = try await bench.begin(by: worker) { $0.scheduling(1) }
            let first = try await bench.takeActivity(by: worker)
            try await bench.handBack(first, by: worker, limit: bench.step * 3)
            try await bench.pass(bench.step * 3)
            _ = try await bench.begin(by: worker) { $0.scheduling(2) }
            _ = try await bench.begin(by: worker) { $0.scheduling(1, on: "other") }
            for _ in 0..<2 {
                try await bench.handBack(try await bench.takeActivity(by: worker), by: worker, limit: bench.step * 3)
            }
            try await bench.start { $0.workflow = first.scheduled.name }
            try await bench.postpone(try await bench.takeTask(by: worker), by: worker, limit: bench.step * 3)
            #expect(try await bench.everyTask(for: worker).isEmpty, "none has failed")
        },
        Check("a live worker that knows the name begins its time anew, and ends the problem") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1) }
            try await bench.handBack(try await bench.takeActivity(by: worker), by: worker, limit: bench.step * 3)
            #expect(try await bench.state(of: running.instance).problem != nil)
            try await bench.pass(bench.step * 3)
            try await bench.tickAll(by: worker)
            let expert = try await bench.worker(workflows: [], knowing: ["activity 1"])
            try await bench.handBack(try await bench.takeActivity(by: worker), by: worker, limit: bench.step * 3)
            #expect(try await bench.state(of: running.instance).problem == nil)
            try await bench.leave(expert)
            try await bench.pass(bench.step)
            try await bench.tickAll(by: worker)
            try await bench.handBack(try await bench.takeActivity(by: worker), by: worker, limit: bench.step * 3)
            #expect(try await bench.everyTask(for: worker).isEmpty, "it has not failed")
            #expect(try await bench.state(of: running.instance).problem != nil)
        },
        Check("only a worker that serves the queue for that sort of task counts as one that knows") { bench in
            let worker = try await bench.worker()
            _ = try await bench.worker(workflows: [.default], activities: [], knowing: ["activity 1"])
            _ = try await bench.worker(workflows: [], activities: ["other"], knowing: ["activity 1", "Check"])
            let left = try await bench.worker(knowing: ["activity 1", "Check"])
            try await bench.leave(left)
            let running = try await bench.begin(by: worker) { $0.scheduling(1) }
            try await bench.handBack(try await bench.takeActivity(by: worker), by: worker, limit: .zero)
            let held = try await bench.take(by: worker)
            #expect(held.instance == running.instance)
            #expect(held.bodies.map(\.command) == [CommandID(1)])
        },
        Check("when nobody has met a name for long, its time begins anew") { bench in
            // That takes 10 s at least.
            guard bench.subject.isVirtual else { return }
            let worker = try await bench.worker()
            for wait in [Duration.seconds(9), .seconds(11)] {
                let running = try await bench.begin(by: worker) { $0.scheduling(1, on: TaskQueue("\(wait)")) }
                let other = try await bench.worker(workflows: [], activities: [TaskQueue("\(wait)")])
                let task = try await bench.takeActivity(by: other)
                let delay = Duration.milliseconds(10)
                let unknown = UnknownType(limit: .seconds(8))
                try await bench.store.handBack(task, by: other.worker, delay: delay, unknown: unknown)
                try await bench.pass(wait)
                try await bench.tickAll(by: other)
                let again = try await bench.takeActivity(by: other)
                try await bench.store.handBack(again, by: other.worker, delay: delay, unknown: unknown)
                let pending = try await bench.store.pendingActivities(of: running.instance)
                #expect(pending.isEmpty == (wait < .seconds(10)), "after \(wait)")
                try await bench.leave(other)
            }
        },
        Check("what live workers know is told in bounded length") { bench in
            let worker = try await bench.worker(knowing: (0..<2000).map { "a rather long name of an activity \($0)" })
            _ = try await bench.begin(by: worker) { $0.scheduling(1) }
            try await bench.handBack(try await bench.takeActivity(by: worker), by: worker, limit: .zero)
            guard case .activityFailed(_, let failure)? = try await bench.take(by: worker).bodies.first else {
                throw Disappointment("no failure")
            }
            #expect(failure.message.contains("a rather long name"))
            #expect(failure.message.utf8.count <= 2000)
        },
        Check("to say that a name is unknown without holding the task does nothing") { bench in
            let worker = try await bench.worker()
            let other = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1) }
            let task = try await bench.takeActivity(by: worker)
            try await bench.handBack(task, by: other, limit: .zero)
            #expect(try await bench.state(of: running.instance).problem == nil)
            #expect(try await bench.store.finish(task, by: worker.worker, outcome: .completed(.none)))
            try await bench.handBack(task, by: worker, limit: .zero)
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [.activityCompleted(CommandID(1), .none)])
            try await bench.commit(held.transition())
            try await bench.postpone(try #require(held.task), by: worker, limit: .zero)
            let state = try await bench.state(of: running.instance)
            #expect(state.status == .running)
            #expect(state.problem == nil)
        },
    ]
}

extension Bench {
    fileprivate func handBack(_ task: ActivityTask, by worker: WorkerRegistration, limit: Duration?) async throws {
        try await beat()
        try await store.handBack(task, by: worker.worker, delay: step, unknown: UnknownType(limit: limit))
    }

    fileprivate func postpone(_ task: WorkflowTask, by worker: WorkerRegistration, limit: Duration?) async throws {
        try await beat()
        let unknown = UnknownType(limit: limit)
        try await store.postpone(task, by: worker.worker, delay: step, problem: "not mine", unknown: unknown)
    }

    /// Lets a worker meet activity tasks, step by step, until its instance has an input.
    fileprivate func untilInput(
        by worker: WorkerRegistration,
        _ meet: (ActivityTask) async throws -> Void
    ) async throws -> Running {
        for _ in 0..<20 {
            try await pass(step)
            try await tickAll(by: worker)
            for task in try await everyActivity(for: worker) { try await meet(task) }
            if let task = try await everyTask(for: worker).first { return try await load(task, by: worker) }
        }
        throw Disappointment("it never fails")
    }
}
