import AloftClient
import AloftRedis
import Foundation
import LocalRedis
import Logging
import RedisClient
import Testing

/// `aloft doctor` finds what is lost, and brings it back.
@Suite struct DoctorTests {
    /// A fleet with an instance whose task was lost, under ids that would like to steer a terminal.
    private func withDamage(_ body: (LocalRedis, RedisStore) async throws -> Void) async throws {
        try await withLocalRedis { server in
            var configuration = try RedisStore.Configuration(url: server.storeURL)
            configuration.partitions = 3
            configuration.prefix = "shop"
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let store = try await RedisStore(configuration, logger: logger)
            let client = WorkflowClient(store: store)
            for number in 0..<5 {
                try await client.start(WorkflowReference<Void, Void>("Order"), id: InstanceID("order-\(number)"))
            }
            let redis = RedisClient(try RedisConfiguration(url: server.url), logger: logger)
            for partition in 0..<3 {
                _ = try await redis.send(RedisCommand("DEL", RedisArgument("{shop:\(partition)}:q:w:default")))
            }
            try await body(server, store)
            await redis.shutdown()
            await store.shutdown()
        }
    }

    @Test("Findings are told, one a line, and the command says so by its end")
    func finds() async throws {
        try await withDamage { server, _ in
            let outcome = try await aloft("doctor", "--redis", server.url(as: "reader"), "--prefix", "shop")
            #expect(outcome.status == 1, "\(outcome)")
            #expect(outcome.complaints.contains("keeps nothing on disk"))
            #expect(outcome.lines.filter { $0.hasPrefix("lost task: instance order-") }.count == 5)
            let summary = "Looked at 5 instances: 5 findings, 0 repaired; repair what can be with --repair."
            #expect(outcome.lines.last == summary)
        }
    }

    @Test("What can be repaired is, and then all is well")
    func repairs() async throws {
        try await withDamage { server, store in
            let environment = ["ALOFT_REDIS_URL": server.url(as: "worker"), "ALOFT_PREFIX": "shop"]
            let outcome = try await aloft("doctor", "--repair", environment: environment)
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.lines.last == "Looked at 5 instances: 5 findings, 5 repaired.")
            let again = try await aloft("doctor", environment: environment)
            #expect(again.status == 0 && again.lines == ["Looked at 5 instances; all is well."], "\(again)")
            #expect(try await store.queueStates().map(\.workflowTasks).reduce(0, +) == 5)
        }
    }

    @Test("Programs get one JSON document")
    func json() async throws {
        struct Report: Decodable {
            struct Finding: Decodable {
                let kind: String
                let instance: String?
                let isRepaired: Bool
            }

            let instances: Int
            let findings: [Finding]
        }
        try await withDamage { server, _ in
            let outcome = try await aloft("doctor", "--json", "--redis", server.url, "--prefix", "shop")
            let report = try outcome.data(Report.self, kind: "audit")
            #expect(report.instances == 5 && report.findings.count == 5)
            #expect(report.findings.allSatisfy { $0.kind == "lost task" && $0.instance != nil && !$0.isRepaired })
        }
    }

    @Test("Without a fleet it says where it looked, and makes none")
    func nothingThere() async throws {
        try await withLocalRedis { server in
            let outcome = try await aloft("doctor", "--redis", server.url, "--prefix", "other")
            #expect(outcome.status == 78 && outcome.output.isEmpty)
            #expect(outcome.complaints.contains("there is nothing of Aloft under prefix \"other\""))
            let redis = RedisClient(try RedisConfiguration(url: server.url), logger: Logger(label: "test"))
            #expect(try await redis.send(RedisCommand("DBSIZE")) == .integer(0))
            await redis.shutdown()
        }
        let absent = try await aloft("doctor", "--redis", "redis://127.0.0.1:1")
        #expect(absent.status == 69 && absent.complaints.contains("127.0.0.1:1"), "\(absent)")
        let wrong = try await aloft("doctor", "--redis", "http://x")
        #expect(wrong.status == 78 && wrong.complaints.hasPrefix("aloft: the URL of Redis cannot be used"), "\(wrong)")
        #expect(try await aloft("doctr").status == 64)
    }
}
