import AloftCore
import AloftRedis
import Testing

@Suite struct ClientCallTests {
    @Test func aStartedInstanceHasATaskWithItsInput() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let start = InstanceStart.sample("order-1")
            #expect(try await bench.store.start(start) == .started)
            let state = try #require(try await bench.store.state(of: "order-1"))
            #expect(state.status == .running && state.historyLength == 0 && state.workflow == "Sample")
            #expect(state.execution == start.execution && state.queue == .default)
            #expect(abs((state.createdAt - bench.store.now) / .seconds(1)) < 5)

            let task = try await worker.task()
            #expect(task.inputs.map(\.body) == [start.event])
            #expect(task.inputs[0].timestamp == state.createdAt)
        }
    }

    @Test func startingTwiceIsRecognised() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let start = InstanceStart.sample("order-1")
            #expect(try await bench.store.start(start) == .started)
            #expect(try await bench.store.start(start) == .started)
            let other = try await bench.store.start(.sample("order-1"))
            let state = try #require(try await bench.store.state(of: "order-1"))
            #expect(other == .exists(state))
            #expect(try await worker.tasks().count == 1)
            #expect(try await worker.tasks().isEmpty)
        }
    }

    @Test func aLargeInputIsLoaded() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let start = InstanceStart.sample("large", input: String(repeating: "x", count: 100_000))
            #expect(try await bench.store.start(start) == .started)
            let task = try await worker.task()
            #expect(task.inputs.isEmpty)
            let loaded = try #require(try await bench.store.load(task))
            #expect(loaded.history.isEmpty && loaded.inbox.map(\.body) == [start.event])
        }
    }

    @Test func tooLargeInputsAreRefusedWithBothNumbers() async throws {
        try await withBench(.with { $0.maximumPayloadBytes = 10 }) { bench in
            let error = await expectStoreError(.payloadTooLarge) {
                _ = try await bench.store.start(.sample("big", input: "01234567890"))
            }
            #expect(error?.message.contains("11 bytes, at most 10") == true)
            let outcome = try await bench.store.start(.sample("small", input: "0123456789"))
            #expect(outcome == .started)
            _ = await expectStoreError(.payloadTooLarge) {
                try await bench.store.deliver(.signal("01234567890"), to: "small", execution: nil, id: nil)
            }
        }
    }

    @Test func badNamesAreRefused() async throws {
        try await withBench { bench in
            _ = await expectStoreError(.invalidIdentifier) { _ = try await bench.store.start(.sample("")) }
            _ = await expectStoreError(.invalidIdentifier) { _ = try await bench.store.state(of: "a\nb") }
            _ = await expectStoreError(.invalidIdentifier) {
                try await bench.store.deliver(.signal("x"), to: "a", execution: nil, id: "\u{0}")
            }
        }
    }

    @Test func inputsArriveInOrderAndOnce() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let first = InstanceStart.sample("order-1")
            _ = try await bench.store.start(first)
            for (text, id) in [("a", "1"), ("b", nil), ("a again", "1"), ("c", "2")] {
                try await bench.store.deliver(.signal(text), to: "order-1", execution: nil, id: id)
            }
            let tasks = try await worker.tasks()
            #expect(tasks.count == 1)
            let loaded = try #require(try await bench.store.load(tasks[0]))
            #expect(loaded.inbox.map(\.body) == [first.event, .signal("a"), .signal("b"), .signal("c")])
        }
    }

    @Test func inputsForNobodyAreToldApart() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = await expectStoreError(.instanceNotFound) {
                try await bench.store.deliver(.signal("x"), to: "nobody", execution: nil, id: nil)
            }
            #expect(try await bench.store.start(.sample("order-1")) == .started)
            _ = await expectStoreError(.instanceNotFound) {
                try await bench.store.deliver(.signal("x"), to: "order-1", execution: "other", id: nil)
            }
            try await bench.store.deliver(.signal("y"), to: "order-1", execution: nil, id: "y")
            let task = try await worker.task()
            let loaded = try #require(try await bench.store.load(task))
            _ = try await worker.commit(worker.transition(of: task, inputs: loaded.inbox, outputs: [.done]))
            _ = await expectStoreError(.instanceFinished) {
                try await bench.store.deliver(.signal("x"), to: "order-1", execution: nil, id: "x")
            }
            // Repeated after a lost answer: it did arrive.
            try await bench.store.deliver(.signal("y"), to: "order-1", execution: nil, id: "y")
        }
    }

    @Test func historiesArePagedByWholeTransitions() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let task = try await worker.begin("paged", outputs: [.sideEffectRecorded(CommandID(1), payload("1"))])
            var all = try await bench.store.history(of: "paged", after: 0, limit: 100)
            #expect(all.map(\.number) == [1, 2])
            for number in 0..<50 {
                let outputs = (0...(number % 3)).map {
                    EventBody.sideEffectRecorded(CommandID($0), payload("\(number)"))
                }
                let next = worker.transition(
                    of: task,
                    after: all.count,
                    inputs: [],
                    outputs: outputs,
                    usesReceipt: false
                )
                _ = try await worker.commit(next)
                all += next.events
            }
            for start in 0...all.count {
                let page = try await bench.store.history(of: "paged", after: start, limit: 5)
                #expect(page.first == (start < all.count ? all[start] : nil))
                #expect(page == Array(all[start...].prefix(page.count)))
                #expect(page.count >= min(5, all.count - start) && page.count < 8)
            }
            _ = await expectStoreError(.instanceNotFound) {
                _ = try await bench.store.history(of: "nobody", after: 0, limit: 5)
            }
        }
    }

    @Test func onlyFinishedInstancesAreRemoved() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = await expectStoreError(.instanceNotFound) { try await bench.store.remove("order-1") }
            let before = try await bench.keyCount
            _ = try await bench.store.start(.sample("order-1"))
            _ = await expectStoreError(.instanceOpen) { try await bench.store.remove("order-1") }
            let task = try await worker.task()
            _ = try await worker.commit(worker.transition(of: task, outputs: [.done]))
            try await bench.store.remove("order-1")
            #expect(try await bench.store.state(of: "order-1") == nil)
            #expect(try await bench.keyCount == before)
        }
    }
}
