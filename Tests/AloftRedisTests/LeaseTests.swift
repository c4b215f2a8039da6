import AloftCore
import AloftRedis
import LocalRedis
import RedisClient
import Testing

@Suite(.serialized) struct LeaseTests {
    @Test func aKeptWorkerStaysAliveAndACancelledOneDoesNot() async throws {
        try await withBench(.with { $0.leaseDuration = .milliseconds(400) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            let first = try await bench.integer("ZSCORE", "{aloft:0}:workers", RedisArgument(worker.id.rawValue))
            let keeping = Task { await bench.store.keepAlive(worker.registration) }
            try await eventually("it outlives its lease") {
                let beat = try await bench.integer("ZSCORE", "{aloft:0}:workers", RedisArgument(worker.id.rawValue))
                return beat > first + 800
            }
            #expect(!(try await bench.store.tick(by: other.id).deadWorkers.contains(worker.id)))
            keeping.cancel()
            await keeping.value
            try await eventually("it is missed") {
                try await bench.store.tick(by: other.id).deadWorkers.contains(worker.id)
            }
        }
    }

    @Test func keepingEndsWhenTheWorkerWasDeclaredDead() async throws {
        try await withBench(.with { $0.leaseDuration = .milliseconds(400) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            try await bench.silence(worker.id)
            _ = try await bench.store.tick(by: other.id)
            await bench.store.keepAlive(worker.registration)
        }
    }

    @Test func keepingEndsWhenNoBeatArrives() async throws {
        try await withBench(.with { $0.leaseDuration = .milliseconds(400) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            bench.server.freeze()
            defer { bench.server.thaw() }
            await bench.store.keepAlive(worker.registration)
        }
    }

    /// When Redis was away for longer than the lease, nobody could beat. Whoever came back first took all the others for
    /// dead, and everything in their hands was charged with a crash.
    @Test func whoCouldNotBeatIsGivenTimeToComeBack() async throws {
        try await withBench(.with { $0.leaseDuration = .milliseconds(1_000) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            try await bench.silence(worker.id)
            try await bench.silence(other.id)
            #expect(try await bench.store.beat(other.registration, isFirst: false))
            #expect(try await bench.store.tick(by: other.id).deadWorkers.isEmpty)
            #expect(try await bench.store.beat(worker.registration, isFirst: false), "it is back in time")
            // Who does not come back is missed.
            try await bench.silence(worker.id)
            try await eventually("it is missed") {
                try await bench.store.tick(by: other.id).deadWorkers == [worker.id]
            }
        }
    }

    /// The same with scores that are old for another reason, as after a failover to a replica that was a lease behind, and
    /// before anybody has beaten.
    @Test func whoLooksForTheDeadFirstBuriesNobody() async throws {
        try await withBench(.with { $0.leaseDuration = .milliseconds(1_000) }) { bench in
            let worker = try await HandWorker.register(on: bench.store)
            let other = try await HandWorker.register(on: bench.store)
            try await bench.silence(worker.id)
            try await bench.silence(other.id)
            #expect(try await bench.store.tick(by: other.id).deadWorkers.isEmpty)
            #expect(try await bench.store.beat(worker.registration, isFirst: false), "it is back in time")
            #expect(try await bench.store.beat(other.registration, isFirst: false))
            try await bench.silence(worker.id)
            try await eventually("who is really dead is missed") {
                try await bench.store.tick(by: other.id).deadWorkers == [worker.id]
            }
        }
    }
}
