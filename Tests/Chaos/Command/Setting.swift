import AloftRedis
import ArgumentParser

/// What all processes of a run agree on.
struct Setting: ParsableArguments {
    /// Short, so that a minute sees many takeovers.
    static let lease = Duration.seconds(2)

    @Option(help: .hidden)
    var url: String

    @Option(help: .hidden)
    var partitions: Int

    /// Of the journals.
    @Option(help: .hidden)
    var folder: String

    /// - Throws: `StoreError`.
    func store() throws -> RedisStore.Configuration {
        var configuration = try RedisStore.Configuration(url: url)
        configuration.partitions = partitions
        configuration.leaseDuration = Self.lease
        configuration.durability = .fsync
        configuration.retention = .seconds(20)
        // Long enough to be left behind, short enough to be gone in time.
        configuration.continuedRetention = .seconds(1)
        return configuration
    }

    var arguments: [String] { ["--url", url, "--partitions", "\(partitions)", "--folder", folder] }
}
