import Aloft
import AloftRedis
import ArgumentParser
import ChaosKit
import Foundation
import Logging

/// Starts jobs, does to them what they need, and writes down how they end. Goes on where one before it was killed.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "client", shouldDisplay: false)

    @OptionGroup var setting: Setting
    @Option var place: Int
    @Option var seed: UInt64
    /// How many jobs at a time.
    @Option var lanes: Int
    /// Until when it starts jobs, in milliseconds since 1970.
    @Option var until: Int
    /// Until when what they leave is kept at least, likewise.
    @Option var keep: Int

    func run() async throws {
        let path = "\(setting.folder)/client-\(place).journal"
        var memory = ClientMemory()
        var reader = JournalReader(path: path)
        for entry in try reader.next() { memory.take(entry) }
        let journal = try Journal(path: path)
        let logger = Logger(label: "client-\(place)") { StreamLogHandler.standardError(label: $0) }
        let store = try await connectedStore(setting, logger)
        let client = WorkflowClient(store: store)
        let driver = JobDriver(client: client, journal: journal, seed: seed, place: place, keep: keep)
        try await drive(JobQueue(memory: memory, until: until), with: driver)
        await store.shutdown()
        try journal.write(.finished)
    }

    private func drive(_ queue: JobQueue, with driver: JobDriver) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<lanes {
                group.addTask {
                    while let ticket = queue.next() { try await driver.drive(ticket) }
                }
            }
            try await group.waitForAll()
        }
    }
}
