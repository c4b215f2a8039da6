import Aloft
import AloftRedis
import Foundation
import LocalRedis
import RedisClient
import Testing

/// Timers, by whose clock, and across faults.
@Suite(.serialized) struct DueWorkTests {
    @Test("Timers that became due while Redis was away fire when it is back, none early and none twice")
    func acrossARestart() async throws {
        var setup = FaultSetup(server: LocalRedisOptions(persistence: .aofAlways))
        setup.load = Load(size: 0)
        try await withFaultyFleet(setup) { fleet in
            let naps = try await (0..<20).asyncMap { try await fleet.client.start(Naps.self, 5, id: "naps-\($0)") }
            try await eventually("they sleep") { try await naps[19].state().historyLength >= 2 }
            fleet.server.kill()
            // By the store's clock, which goes on: all of those that sleep are due.
            let due = fleet.store.now + Naps.nap
            try await eventually("time passes") { fleet.store.now > due }
            try fleet.server.restart()
            for nap in naps {
                let early = try await insist { try await nap.result() }
                #expect(early == 0)
                let events = try await nap.history()
                History.check(events, of: nap.instance)
                #expect(Self.isNothingEarly(events))
            }
        }
    }

    @Test("A thousand timers due together")
    func together() async throws {
        var setup = FaultSetup()
        setup.load = Load(size: 0)
        try await withFaultyFleet(setup) { fleet in
            let parts = try await (0..<20).asyncMap { number in
                let due = Date(timeIntervalSinceNow: 1)
                return try await fleet.client.start(Alarms.self, .init(count: 50, until: due), id: "alarms-\(number)")
            }
            var lateness: [Duration] = []
            for part in parts {
                #expect(try await part.result() == 50)
                let history = try await part.history()
                #expect(Self.isNothingEarly(history))
                lateness += Self.lateness(in: history)
            }
            #expect(lateness.count == 1_000)
            // On an idle machine it is a few milliseconds. A pump that looks once a second is later than this.
            lateness.sort()
            let p99 = try #require(lateness.dropLast(10).last)
            #expect(p99 < .milliseconds(400))
        }
    }

    /// How long after its moment each timer fired.
    private static func lateness(in events: [Event]) -> [Duration] {
        var due: [CommandID: Timestamp] = [:]
        return events.compactMap { event in
            if case .timerScheduled(let timer) = event.body { due[timer.command] = timer.due }
            guard case .timerFired(let command) = event.body else { return nil }
            return due[command].map { event.timestamp - $0 }
        }
    }

    /// Whether no timer fired before the moment that history says.
    private static func isNothingEarly(_ events: [Event]) -> Bool {
        var due: [CommandID: Timestamp] = [:]
        for event in events {
            if case .timerScheduled(let timer) = event.body { due[timer.command] = timer.due }
            if case .timerFired(let command) = event.body, event.timestamp < (due[command] ?? event.timestamp) {
                return false
            }
        }
        return true
    }

    /// As after a failover to a server whose clock is behind: the history is ahead of the time.
    @Test("The clock goes back under an instance: its history does not, and its timers are not early")
    func clockGoesBack() async throws {
        var setup = FaultSetup(workers: 0)
        setup.load = Load(size: 0)
        try await withFaultyFleet(setup) { fleet in
            let nap = try await fleet.client.start(Naps.self, 3, id: "nap")
            // What a server would have written whose clock was 400 ms ahead. A task without its input has that read.
            let stamp = """
                local base = ARGV[1]
                local input, entry = redis.call('LINDEX', base .. 'in:nap', 0), redis.call('XRANGE', base .. 'q:w:default', '-', '+')[1]
                local ms, rest = string.match(input, '^(%d+)(:.*)$')
                redis.call('LSET', base .. 'in:nap', 0, string.format('%.0f', ms + 400) .. rest)
                redis.call('XDEL', base .. 'q:w:default', entry[1])
                local execution = redis.call('HGET', base .. 'i:nap', 'x')
                local task = redis.call('XADD', base .. 'q:w:default', '*', 'i', 'nap', 'x', execution)
                redis.call('HSET', base .. 'i:nap', 't', 'q' .. task)
                """
            try await fleet.run("EVAL", RedisArgument(stamp), 0, "{\(fleet.configuration.prefix):0}:")
            let worker = Worker(store: fleet.store, logger: fleet.log.logger) { fleet.load.components }
            let running = Task { try await worker.run() }
            let early = try await nap.result()
            #expect(early == 0)
            let events = try await nap.history()
            #expect(Self.isNothingEarly(events))
            #expect(zip(events, events.dropFirst()).allSatisfy { $0.timestamp <= $1.timestamp })
            #expect(events[0].timestamp > (try await nap.state()).createdAt + .milliseconds(300))
            running.cancel()
            try await running.value
        }
    }

    /// The time of workers and clients is that of Redis: a machine whose clock is wrong by an hour harms nobody.
    /// Only the judgement of the server reads the machine's clock, to tell how far the two are apart.
    @Test("Nothing in the library reads the clock of its machine, but to compare it with that of Redis")
    func localClock() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let words = ["Date()", "Date.now", "timeIntervalSinceNow", "gettimeofday", "CLOCK_REALTIME", "time(nil)"]
        var count = 0
        var readers: [String] = []
        for module in ["Aloft", "AloftClient", "AloftCore", "AloftRedis", "RedisClient"] {
            let folder = root.appending(path: "Sources/\(module)")
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard ["swift", "lua"].contains(file.pathExtension) else { continue }
                count += 1
                let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                for line in lines where !line.contains("//") && words.contains(where: { line.contains($0) }) {
                    readers.append("\(file.lastPathComponent):\(line)")
                }
            }
        }
        #expect(count > 150)
        #expect(readers.count == 1)
        #expect(readers.first?.hasPrefix("RedisStore+Connect.swift:") == true, "\(readers)")
    }
}
