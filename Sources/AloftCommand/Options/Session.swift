internal import AloftClient
internal import AloftInsight
internal import AloftRedis
internal import ArgumentParser
internal import Foundation
internal import Logging

/// What commands work with.
struct Session: Sendable {
    let store: any WorkflowStore
    let client: WorkflowClient
    let insight: Insight

    /// - Parameter coder: With the key, if one was given: what is read is decrypted with it, what is sent is encrypted.
    init(store: any WorkflowStore, coder: PayloadCoder = PayloadCoder(), shownBytes: Int = 64 << 10) {
        self.store = store
        client = WorkflowClient(store: store, coder: coder)
        insight = Insight(store, reader: PayloadReader(limit: shownBytes, coder: coder))
    }

    func handle(_ id: String) throws -> InstanceHandle<Void> { client.handle(try InstanceID(id).validated()) }
}

/// Where the instances are, and how to read them.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where Redis is: redis://user:password@host:6379/0, rediss://… for TLS. Default: redis://localhost:6379.",
            valueName: "url"
        )
    )
    var redis: String?

    @Option(help: "What the keys of the fleet begin with. Default: aloft.")
    var prefix: String?

    @Option(
        help: ArgumentHelp(
            "A file with the keys of encrypted payloads: one a line, the current one first.",
            valueName: "path"
        ),
        completion: .file()
    )
    var keyFile: String?

    @Option(
        help: ArgumentHelp("A file of settings; see \"aloft help settings\".", valueName: "path"),
        completion: .file(extensions: ["json"])
    )
    var config: String?

    func settings(_ more: [Settings.Key: String?] = [:]) async throws -> Settings {
        let flags: [Settings.Key: String?] = [.redisURL: redis, .prefix: prefix, .encryptionKeyFile: keyFile]
        return try await Settings(
            flags: flags.merging(more) { _, new in new }.compactMapValues(\.self),
            environment: ProcessInfo.processInfo.environment,
            file: config
        )
    }

    /// Runs a body on a store, and stops the store behind it.
    ///
    /// Whatever a worker would refuse to run on is taken here, with a warning: to look into it is the purpose.
    /// - Parameters:
    ///   - shownBytes: Of each payload.
    ///   - isExamining: Whether to warn of what is doubtful about Redis.
    /// - Throws: `ExitCode` after telling why.
    func withSession(
        shownBytes: Int = 64 << 10,
        isExamining: Bool = false,
        _ body: (Session) async throws -> Void
    ) async throws {
        try await reporting {
            let settings = try await settings()
            let coder = try settings.coder()
            let store = try await RedisStore.existing(try settings.store(isExamining: isExamining), logger: .console)
            do {
                try await body(Session(store: store, coder: coder, shownBytes: shownBytes))
                await store.shutdown()
            } catch {
                await store.shutdown()
                throw error
            }
        }
    }
}

/// Runs the work of a command; tells of what goes wrong in a line, and ends with the code for it.
func reporting(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch {
        // What a command ends with, it has told of already.
        if error is ExitCode { throw error }
        let refusal = Refusal(error)
        Console.complain(Styled(refusal.message))
        throw refusal.exitCode
    }
}
