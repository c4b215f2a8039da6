import Aloft
import AloftRedis
import ArgumentParser
import ChaosKit
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Serves the queues until it is told to stop, or is not told anything.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)

    @OptionGroup var setting: Setting
    @Option var name: String
    @Option var place: Int

    func run() async throws {
        let journal = try Journal(path: "\(setting.folder)/\(name).journal")
        let logger = Logger(label: name) { StreamLogHandler.standardError(label: $0) }
        let store = try await connectedStore(setting, logger)
        let options = Self.options(of: place)
        let worker = Worker(store: store, queues: ChaosWorkflows.queues, options: options, logger: logger) {
            ChaosWorkflows.components
            ChaosActivities.components(journal: journal)
        }
        let services = ServiceGroup(services: [store, worker], gracefulShutdownSignals: [.sigterm], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await worker.waitUntilReady()
                try journal.write(.ready)
            }
            try await services.run()
            group.cancelAll()
        }
        try journal.write(.stopped)
    }

    /// A mixed fleet: what makes things fast is on here and off there.
    private static func options(of place: Int) -> WorkerOptions {
        var options = WorkerOptions(gracePeriod: .seconds(1), problemRetryInterval: .milliseconds(500))
        // Nothing is repaired behind our back: what was lost stays so and is found.
        options.auditInterval = nil
        switch place % 4 {
        case 1: options.eagerActivities = false
        case 2: options.maximumResidents = 0
        case 3: options.maximumResidents = 10
        default: break
        }
        return options
    }
}

/// Redis may be down just now.
func connectedStore(_ setting: Setting, _ logger: Logger) async throws -> RedisStore {
    while true {
        do {
            return try await RedisStore(setting.store(), logger: logger)
        } catch let error as StoreError where error.code == .unavailable || error.code == .outcomeUnknown {
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
