import ArgumentParser
import Foundation

/// Where Redis is.
struct RedisOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The URL of Redis, such as redis://user:password@host:6379 or unix:///path. Default: ALOFT_REDIS_URL in the "
                + "environment, or redis://localhost:6379. A password is better given there, where nobody sees it.",
            valueName: "url"
        )
    )
    var redis: String?

    var url: String {
        redis ?? ProcessInfo.processInfo.environment["ALOFT_REDIS_URL"] ?? "redis://localhost:6379"
    }
}

/// What is archived, and where to.
struct FolderOptions: ParsableArguments {
    @Argument(help: "The folder to archive.")
    var source: String

    @Argument(help: "The folder of the archive.")
    var output: String
}
