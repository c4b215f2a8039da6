import AloftCore
import AloftRedis
import RedisClient
import ServiceLifecycle
import Testing

@Suite struct LostAnswerTests {
    /// The connection that all calls share is killed again and again. Calls whose answers are lost are repeated; nothing
    /// may be done twice.
    @Test func callsAreRepeatedAndHappenOnce() async throws {
        try await withBench { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let killer = bench.killer()
            for number in 0..<60 {
                let id: InstanceID = "order-\(number)"
                #expect(try await bench.store.start(.sample(id)) == .started)
                let task = try await worker.task()
                #expect(try await worker.commit(worker.transition(of: task, outputs: [.activity(1)])).isEmpty)
                for signal in 0..<3 {
                    try await bench.store.deliver(.signal("x"), to: id, execution: nil, id: "\(signal)")
                }
                let next = try await worker.task()
                let inbox = try #require(try await bench.store.load(next)).inbox
                #expect(inbox.count == 3)
                let end = worker.transition(of: next, after: 2, inputs: inbox, outputs: [.done])
                #expect(try await worker.commit(end).isEmpty)
            }
            killer.cancel()
            _ = await killer.result
            for number in 0..<60 {
                let events = try await bench.store.history(of: "order-\(number)", after: 0, limit: 100)
                #expect(events.map(\.number) == Array(1...6))
            }
            let complaints = try await bench.store.complaints()
            #expect(complaints.isEmpty)
        }
    }

    /// A signal without an id that goes with a start is not sent again when it may have arrived.
    @Test func aSignalWithAStartArrivesOnceAtMost() async throws {
        try await withBench { bench in
            _ = try await bench.store.start(.sample("order-1"))
            let killer = bench.killer()
            var refused = 0
            for number in 0..<400 {
                var start = InstanceStart.sample("order-1")
                start.conflictPolicy = .useExisting
                start.signal = InitialSignal(name: "signal", payload: payload("\(number)"))
                do throws(StoreError) {
                    _ = try await bench.store.start(start)
                } catch {
                    #expect(error.code == .outcomeUnknown)
                    refused += 1
                }
            }
            killer.cancel()
            _ = await killer.result
            let count = try await bench.integer("LLEN", "{aloft:0}:in:order-1")
            #expect(count <= 401 && count >= 401 - refused)
        }
    }

    @Test func aServiceGroupEndsTheStore() async throws {
        try await withBench { bench in
            let group = ServiceGroup(services: [bench.store], logger: quiet)
            let running = Task { try await group.run() }
            _ = try await bench.store.start(.sample("order-1"))
            await group.triggerGracefulShutdown()
            try await running.value
            _ = await expectStoreError(.shutdown) { _ = try await bench.store.state(of: "order-1") }
        }
    }
}

extension Bench {
    /// Kills the connection that all calls of a store share, again and again.
    fileprivate func killer() -> Task<Void, any Error> {
        Task {
            while !Task.isCancelled {
                let list = try await text("CLIENT", "LIST") ?? ""
                let own = try await integer("CLIENT", "ID")
                for line in list.split(separator: "\n") where line.contains("name=aloft ") {
                    guard let id = Int(line.prefix { $0 != " " }.dropFirst(3)), id != own else { continue }
                    _ = try? await run("CLIENT", "KILL", "ID", RedisArgument(id))
                }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }
}
