internal import AloftCore
internal import Testing

extension StoreConformance {
    static let queues: [Check] = [
        Check("every workflow task of several queues is handed out, once") { bench in
            let queues: [TaskQueue] = ["one", "two", "three"]
            let worker = try await bench.worker(workflows: queues)
            var started: Set<InstanceID> = []
            for number in 0..<60 { started.insert(try await bench.start(on: queues[number % 3]).instance) }
            var seen: [InstanceID] = []
            while seen.count < 60 {
                let tasks = try await bench.tasks(for: worker, limit: 7)
                seen += tasks.map(\.instance)
                for task in tasks { try await bench.commit(try await bench.load(task, by: worker).transition()) }
            }
            #expect(seen.count == 60)
            #expect(Set(seen) == started)
        },
        Check("every activity task of several queues is handed out, once") { bench in
            let queues: [TaskQueue] = ["one", "two", "three"]
            let owner = try await bench.worker(activities: [])
            let worker = try await bench.worker(workflows: [], activities: queues)
            _ = try await bench.begin(by: owner) { transition in
                (1...60).reduce(transition) { $0.scheduling($1, on: queues[$1 % 3]) }
            }
            var seen: [CommandID] = []
            while seen.count < 60 {
                for task in try await bench.activityTasks(for: worker, limit: 7) {
                    seen.append(task.scheduled.command)
                    #expect(try await bench.store.finish(task, by: worker.worker, outcome: .completed(.none)))
                }
            }
            #expect(seen.sorted() == (1...60).map(CommandID.init))
        },
        Check("a task says since when it has been on its queue") { bench in
            let before = bench.store.now
            let worker = try await bench.worker(workflows: ["one"], activities: ["one"])
            _ = try await bench.start(on: "one")
            let task = try #require(try await bench.tasks(for: worker, limit: 1).first)
            let workflowQueuedAt = try #require(task.queuedAt)
            #expect(workflowQueuedAt >= before && workflowQueuedAt - before < .seconds(60))
            let loaded = try await bench.load(task, by: worker)
            try await bench.commit(loaded.transition().scheduling(1, on: "one"))
            let activity = try #require(try await bench.activityTasks(for: worker, limit: 1).first)
            let activityQueuedAt = try #require(activity.queuedAt)
            #expect(activityQueuedAt >= workflowQueuedAt && activityQueuedAt - before < .seconds(60))
        },
        Check("no more tasks are handed out than asked for, and the rest is left to others") { bench in
            let worker = try await bench.worker(workflows: ["one", "two"])
            let other = try await bench.worker(workflows: ["one", "two"])
            var started: Set<InstanceID> = []
            for number in 0..<10 { started.insert(try await bench.start(on: number < 5 ? "one" : "two").instance) }
            let tasks = try await bench.tasks(for: worker, limit: 3)
            #expect(tasks.count <= 3)
            let rest = try await bench.everyTask(for: other)
            #expect(tasks.count + rest.count == 10)
            #expect(Set((tasks + rest).map(\.instance)) == started)
        },
        Check("no more activities are handed out than asked for, and the rest is left to others") { bench in
            let worker = try await bench.worker(activities: ["one", "two"])
            let other = try await bench.worker(activities: ["one", "two"])
            _ = try await bench.begin(by: worker) { transition in
                (1...10).reduce(transition) { $0.scheduling($1, on: $1 <= 5 ? "one" : "two") }
            }
            let tasks = try await bench.activityTasks(for: worker, limit: 3)
            #expect(tasks.count <= 3)
            let rest = try await bench.everyActivity(for: other)
            #expect((tasks + rest).map(\.scheduled.command).sorted() == (1...10).map(CommandID.init))
        },
        Check("a worker is given tasks of its queues only") { bench in
            let worker = try await bench.worker(workflows: ["mine"], activities: ["mine"])
            let other = try await bench.worker(workflows: ["theirs"], activities: [])
            _ = try await bench.begin(on: "theirs", by: other) { $0.scheduling(1) }
            try await bench.start(on: "theirs")
            #expect(try await bench.everyTask(for: worker).isEmpty)
            #expect(try await bench.everyActivity(for: worker).isEmpty)
        },
        Check("a task that nobody serves waits") { bench in
            let owner = try await bench.worker(activities: [])
            let running = try await bench.begin(by: owner) { $0.scheduling(1, on: "later") }
            let start = try await bench.start(on: "later")
            try await bench.pass(bench.step)
            try await bench.tickAll(by: owner)
            let worker = try await bench.worker(workflows: ["later"], activities: ["later"])
            #expect(try await bench.takeActivity(by: worker).instance == running.instance)
            #expect(try await bench.take(by: worker).instance == start.instance)
        },
        Check("tasks of a queue are handed out in the order in which they came") { bench in
            let worker = try await bench.worker()
            var started: [InstanceID] = []
            for _ in 0..<20 { started.append(try await bench.start().instance) }
            #expect(try await bench.everyTask(for: worker).map(\.instance) == started)
        },
        Check("workers that ask at once share the tasks without overlap") { bench in
            let workers = [try await bench.worker(), try await bench.worker(), try await bench.worker()]
            var started: Set<InstanceID> = []
            for _ in 0..<30 { started.insert(try await bench.start().instance) }
            let seen = try await withThrowingTaskGroup(of: InstanceID.self) { group in
                for number in 0..<30 {
                    group.addTask { try await bench.takeTask(by: workers[number % 3]).instance }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(seen.count == 30)
            #expect(Set(seen) == started)
        },
        Check("a worker that waits for tasks and is cancelled takes none with it") { bench in
            let worker = try await bench.worker()
            for _ in 0..<10 {
                let polling = Task { [bench] in try await bench.store.nextWorkflowTasks(for: worker, limit: 1) }
                let starting = Task { [bench] in try await bench.start().instance }
                polling.cancel()
                let tasks = (try? await polling.value) ?? []
                let instance = try await starting.value
                let task = try await tasks.first.orElse { try await bench.takeTask(by: worker) }
                #expect(task.instance == instance)
                try await bench.commit(try await bench.load(task, by: worker).transition().completing())
            }
        },
    ]
}

extension Bench {
    fileprivate func tasks(for worker: WorkerRegistration, limit: Int) async throws -> [WorkflowTask] {
        let tasks = try await patiently("workflow tasks come") { [store] in
            let tasks = try await store.nextWorkflowTasks(for: worker, limit: limit)
            return tasks.isEmpty ? nil : tasks
        }
        #expect(tasks.count <= limit)
        return tasks
    }

    fileprivate func activityTasks(for worker: WorkerRegistration, limit: Int) async throws -> [ActivityTask] {
        let tasks = try await patiently("activity tasks come") { [store] in
            let tasks = try await store.nextActivityTasks(for: worker, limit: limit)
            return tasks.isEmpty ? nil : tasks
        }
        #expect(tasks.count <= limit)
        return tasks
    }
}

extension Optional {
    fileprivate func orElse(_ other: () async throws -> Wrapped) async rethrows -> Wrapped {
        if let self { self } else { try await other() }
    }
}
