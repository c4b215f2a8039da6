import AloftRedis
import Foundation
import LocalRedis
import RedisClient
import Testing

/// A server with the users of users.acl, as the people who deploy it start it.
struct GuardedRedis: Sendable {
    enum User: String, CaseIterable, Sendable {
        case admin
        case worker = "aloft-worker"
        case client = "aloft-client"
        case reader = "aloft-reader"

        var variable: String { "ALOFT_\(rawValue.split(separator: "-").last?.uppercased() ?? "")_PASSWORD" }
        /// With what shells, URLs and ACL files might take for something else.
        var password: String { "p a$s#\(rawValue)'>\"" }
    }

    let server: LocalRedis

    /// The ACL file, made by the script that is deployed.
    static func rules(_ users: [User] = User.allCases, environment: [String: String] = [:]) throws -> String {
        let passwords = Dictionary(uniqueKeysWithValues: users.map { ($0.variable, $0.password) })
        let made = try run(
            ["sh", Deploy.folder.appending(path: "redis/acl.sh").path],
            environment: passwords.merging(environment) { $1 }
        )
        try #require(made.status == 0, "\(made.errors)")
        return made.output
    }

    /// How a user signs in.
    func settings(_ user: User) -> RedisConfiguration {
        var settings = RedisConfiguration(address: .unix(path: server.socketPath))
        settings.username = user.rawValue
        settings.password = user.password
        return settings
    }

    func configuration(_ user: User) throws -> RedisStore.Configuration {
        var configuration = try RedisStore.Configuration(url: server.url)
        configuration.redis = settings(user)
        configuration.pollDuration = .milliseconds(200)
        return configuration
    }

    /// Runs a command as a user.
    ///
    /// - Throws: `RedisError`, also if it is refused.
    @discardableResult
    func send(_ words: [String], as user: User) async throws -> RedisValue {
        let client = RedisClient(settings(user), logger: quiet)
        do {
            let reply = try await client.send(RedisCommand(arguments: words.map { RedisArgument($0) }))
            await client.shutdown()
            return reply
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// What the server has refused since it started, in words.
    func refusals() async throws -> [String] {
        try await send(["ACL", "LOG"], as: .admin).array.map { entry in
            let words = try entry.array
            let pairs = try stride(from: 0, to: words.count - 1, by: 2).map { index in
                (try words[index].string, words[index + 1])
            }
            let fields = Dictionary(pairs) { first, _ in first }
            return try ["username", "reason", "context", "object"].map { try fields[$0]?.string ?? "?" }
                .joined(separator: " ")
        }
    }
}

func withGuardedRedis<Result>(_ body: (GuardedRedis) async throws -> Result) async throws -> Result {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "users.acl")
    try GuardedRedis.rules().write(to: file, atomically: true, encoding: .utf8)
    return try await withLocalRedis(LocalRedisOptions(tcp: true, extraArguments: ["--aclfile", file.path])) { server in
        try await body(GuardedRedis(server: server))
    }
}
