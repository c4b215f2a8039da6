import AloftCore
import AloftRedis
import RedisClient
import Testing

@Suite struct CompletionTests {
    @Test func thoseWhoWaitAreWoken() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let second = try await RedisStore(bench.store.configuration, logger: quiet)
            _ = try await bench.store.start(.sample("order-1", retention: .zero))
            let waiting = (0..<4).map { number in
                Task { try await (number < 2 ? bench.store : second).completion(of: "order-1") }
            }
            try await eventually("both stores are noted") {
                try await bench.text("HGET", "{aloft:0}:i:order-1", "v")?.split(separator: ",").count == 2
            }
            let calls = try await bench.commandCount
            _ = try await worker.commit(worker.transition(of: try await worker.task(), outputs: [.done]))
            for task in waiting { #expect(try await task.value == .completed(payload("done"))) }
            // Commands inside of scripts count.
            #expect(try await bench.commandCount - calls < 60)
            #expect(try await bench.store.completion(of: "order-1") == .completed(payload("done")))
            await second.shutdown()
        }
    }

    /// Whoever waits for an instance is not left to wait for another that takes its id.
    @Test(.timeLimit(.minutes(1))) func aReplacedInstanceHasEnded() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let task = try await worker.task()
            var last = worker.transition(of: task)
            let started = EventBody.Started(workflow: "Sample", queue: .default, input: payload("next"))
            last.completion = .continuedAsNew(Continuation(execution: "next", started: started))
            let waiting = Task { try await bench.store.completion(of: "order-1") }
            try await eventually("it waits") { try await bench.text("HGET", "{aloft:0}:i:order-1", "v") != nil }
            _ = try await worker.commit(last)
            var other = InstanceStart.sample("order-1")
            other.conflictPolicy = .terminateExisting
            _ = try await bench.store.start(other)
            let late = Task { try await bench.store.completion(of: "order-1") }
            try await eventually("only one waits still") {
                try await bench.text("HGET", "{aloft:0}:i:order-1", "v") != nil
            }
            let failure = Failure(kind: .terminated, type: "Terminated", message: Failure.replacedReason)
            #expect(try await waiting.value == .terminated(failure))
            _ = try await worker.commit(worker.transition(of: try await worker.task(), outputs: [.done]))
            #expect(try await late.value == .completed(payload("done")))
        }
    }

    @Test func failuresAreCompletionsToo() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            for (id, body) in [("a", EventBody.workflowFailed(.sample)), ("b", .workflowCancelled(.sample))] {
                _ = try await bench.store.start(.sample(InstanceID(id)))
                _ = try await worker.commit(worker.transition(of: try await worker.task(), outputs: [body]))
            }
            #expect(try await bench.store.completion(of: "a") == .failed(.sample))
            #expect(try await bench.store.completion(of: "b") == .cancelled(.sample))
            #expect(try await bench.store.state(of: "b")?.status == .cancelled)
        }
    }

    @Test func waitingForNobodyIsAnError() async throws {
        try await withBench { bench in
            _ = await expectStoreError(.instanceNotFound) { _ = try await bench.store.completion(of: "nobody") }
            let present = try await bench.store.state(of: "nobody")
            #expect(present == nil)
        }
    }

    @Test func waitingCanBeCancelled() async throws {
        try await withBench { bench in
            _ = try await bench.store.start(.sample("order-1"))
            let waiting = Task { try await bench.store.completion(of: "order-1") }
            try await eventually("it waits") { try await bench.text("HGET", "{aloft:0}:i:order-1", "v") != nil }
            waiting.cancel()
            _ = await expectStoreError(.cancelled) { _ = try await waiting.value }
        }
    }

    @Test func shuttingDownWakesEverybody() async throws {
        try await withBench { bench in
            _ = try await bench.store.start(.sample("order-1"))
            let waiting = Task { try await bench.store.completion(of: "order-1") }
            try await eventually("it waits") { try await bench.text("HGET", "{aloft:0}:i:order-1", "v") != nil }
            await bench.store.shutdown()
            _ = await expectStoreError(.shutdown) { _ = try await waiting.value }
            _ = await expectStoreError(.shutdown) { _ = try await bench.store.completion(of: "order-1") }
            _ = await expectStoreError(.shutdown) { _ = try await bench.store.state(of: "order-1") }
        }
    }

    @Test func anAnnouncementThatIsLostIsMadeUpFor() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            _ = try await bench.store.start(.sample("order-1"))
            let waiting = Task { try await bench.store.completion(of: "order-1") }
            try await eventually("it waits") { try await bench.text("HGET", "{aloft:0}:i:order-1", "v") != nil }
            // The end is not announced at all, but the connection is lost some time.
            try await bench.run("HDEL", "{aloft:0}:i:order-1", "v")
            _ = try await worker.commit(worker.transition(of: try await worker.task(), outputs: [.done]))
            try await bench.run("CLIENT", "KILL", "TYPE", "pubsub")
            #expect(try await waiting.value == .completed(payload("done")))
        }
    }
}

extension Bench {
    /// How many commands the server has received.
    var commandCount: Int {
        get async throws {
            let info = try await text("INFO", "stats") ?? ""
            let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("total_commands_processed:") }
            return line.flatMap { Int($0.dropFirst(25)) } ?? 0
        }
    }
}
