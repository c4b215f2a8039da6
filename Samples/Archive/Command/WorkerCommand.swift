import Aloft
import AloftRedis
import ArchiveKit
import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Serves the archive's queue until it is told to stop.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Runs a worker. Start as many as you like, on any machine that sees the folders; end with Ctrl-C."
    )

    @OptionGroup var redis: RedisOptions

    @Flag(help: .hidden)
    var supervised = false

    func run() async throws {
        try await ExitStatus.exiting {
            let url = redis.url
            let isSupervised = supervised
            let logger = Logger(label: "archive.worker") { label -> any LogHandler in
                isSupervised ? StatusLogHandler(label: label) : StreamLogHandler.standardError(label: label)
            }
            let store = try await RedisStore(.init(url: url), logger: logger)
            let worker = Worker(store: store, queues: [ArchiveFolder.queue], logger: logger) {
                ArchiveTools().components()
            }
            let group = ServiceGroup(
                services: [store, worker],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            if isSupervised {
                Self.endWithInput()
                Task {
                    try await worker.waitUntilReady()
                    WorkerStatus.ready.write()
                }
            }
            try await group.run()
        }
    }

    /// Whoever started us holds the other end of our standard input: it closes when they go, whatever way. There is nothing to
    /// hand back then, since the Redis that we serve goes with them.
    private static func endWithInput() {
        Thread.detachNewThread {
            while let data = try? FileHandle.standardInput.read(upToCount: 1024), !data.isEmpty {}
            _exit(0)
        }
    }
}
