internal import AloftCore
internal import Testing

extension StoreConformance {
    static let start: [Check] = [
        Check("a start makes an open instance with an empty history") { bench in
            let before = bench.store.now
            let start = try await bench.start(on: "orders")
            let state = try #require(try await bench.store.state(of: start.instance))
            #expect(state.instance == start.instance)
            #expect(state.execution == start.execution)
            #expect(state.workflow == start.workflow)
            #expect(state.queue == "orders")
            #expect(state.status == .running)
            #expect(state.historyLength == 0)
            #expect(state.createdAt >= before)
            #expect(state.finishedAt == nil)
            #expect(state.owner == nil)
            #expect(state.problem == nil)
            #expect(!state.isQuarantined)
            #expect(try await bench.store.history(of: start.instance, after: 0, limit: 10).isEmpty)
        },
        Check("a start queues a workflow task with the started event") { bench in
            let worker = try await bench.worker(workflows: ["orders"])
            let start = try await bench.start(on: "orders")
            let task = try await bench.takeTask(by: worker)
            #expect(task.instance == start.instance)
            #expect(task.execution == start.execution)
            #expect(task.inputs.map(\.body) == [start.event], "the input comes with the task")
            let running = try await bench.load(task, by: worker)
            #expect(running.bodies == [start.event])
            #expect(running.length == 0)
        },
        Check("a start wakes a worker that waits") { bench in
            let worker = try await bench.worker()
            async let task = bench.takeTask(by: worker)
            let start = try await bench.start()
            #expect(try await task.instance == start.instance)
        },
        Check("a start repeated with the same execution id changes nothing") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            #expect(try await bench.store.start(start) == .started)
            let running = try await bench.take(by: worker)
            #expect(try await bench.store.start(start) == .started)
            try await bench.commit(running.transition())
            #expect(try await bench.store.start(start) == .started)
            #expect(try await bench.everyTask(for: worker).isEmpty)
            #expect(try await bench.store.state(of: start.instance)?.historyLength == 1)
        },
        Check("a start repeated after the execution finished changes nothing") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            #expect(try await bench.store.start(start) == .started)
            #expect(try await bench.store.state(of: start.instance)?.status == .completed)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a start under an id of an open instance answers its state and changes nothing") { bench in
            let worker = try await bench.worker(workflows: [.default, "other"])
            let first = try await bench.start()
            var second = first
            second.execution = .random()
            second.workflow = "Other"
            second.queue = "other"
            let state = try #require(try await bench.store.state(of: first.instance))
            #expect(try await bench.store.start(second) == .exists(state))
            #expect(try await bench.store.state(of: first.instance) == state)
            #expect(try await bench.everyTask(for: worker).map(\.execution) == [first.execution])
        },
        Check("a start under an id of a finished instance answers its state and changes nothing") { bench in
            let worker = try await bench.worker()
            var start = try await bench.start()
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            start.execution = .random()
            let state = try #require(try await bench.store.state(of: start.instance))
            #expect(state.status == .completed)
            #expect(try await bench.store.start(start) == .exists(state))
            #expect(try await bench.store.state(of: start.instance) == state)
        },
        Check("of several starts under one id at once, one succeeds") { bench in
            let worker = try await bench.worker()
            let outcomes = try await withThrowingTaskGroup(of: StartOutcome.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await bench.store.start(
                            InstanceStart(instance: "contested", workflow: "Check", input: .none)
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .started } == 1)
            #expect(outcomes.count == 8)
            #expect(try await bench.everyTask(for: worker).count == 1)
        },
        Check("a start with an unusable name is an error of its own") { bench in
            let good = InstanceStart(instance: "good", workflow: "Check", input: .none)
            let long = String(repeating: "x", count: 256)
            for name in ["", long, "line\nbreak"] {
                var start = good
                start.instance = InstanceID(name)
                await bench.expect(.invalidIdentifier) { try await bench.store.start(start) }
                start = good
                start.execution = ExecutionID(name)
                await bench.expect(.invalidIdentifier) { try await bench.store.start(start) }
                start = good
                start.queue = TaskQueue(name)
                await bench.expect(.invalidIdentifier) { try await bench.store.start(start) }
                start = good
                start.workflow = name
                await bench.expect(.invalidIdentifier) { try await bench.store.start(start) }
            }
            let state = try await bench.store.state(of: "good")
            #expect(state == nil)
        },
        Check("names may hold any printable text") { bench in
            let worker = try await bench.worker(workflows: ["q {1}:*?[a] ünï"])
            let start = InstanceStart(
                instance: "order {42}:*?[a] \"é\" 🕊",
                workflow: "Übung: {x}",
                queue: "q {1}:*?[a] ünï",
                input: .text("{}")
            )
            #expect(try await bench.store.start(start) == .started)
            let running = try await bench.take(by: worker)
            #expect(running.instance == start.instance)
            #expect(running.bodies == [start.event])
            try await bench.commit(running.transition().completing())
            #expect(try await bench.store.state(of: start.instance)?.status == .completed)
        },
        Check("an unknown instance has no state") { bench in
            let state = try await bench.store.state(of: "nobody")
            #expect(state == nil)
        },
    ]
}
