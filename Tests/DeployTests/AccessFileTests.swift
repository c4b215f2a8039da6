import Foundation
import Testing

/// The text of deploy/redis/users.acl, and what acl.sh makes of it.
@Suite struct AccessFileTests {
    /// The commands that a user may call, "XGROUP|CREATE" for one of several.
    private static func rights(of user: String) throws -> Set<String> {
        let line = try #require(
            GuardedRedis.rules().split(separator: "\n").first { $0.hasPrefix("user \(user) ") },
            "there is user \(user)"
        )
        let words = line.split(separator: " ").filter { $0.hasPrefix("+") && !$0.hasPrefix("+@") }
        return Set(words.map { $0.dropFirst().uppercased() })
    }

    /// The commands that stand in the scripts.
    private static func commandsOfScripts() throws -> Set<String> {
        let folder = Deploy.root.appending(path: "Sources/AloftRedis/Scripts")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        var commands: Set<String> = []
        for file in files where file.pathExtension == "lua" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /p?call\(\s*'([A-Za-z]+)'(?:,\s*'([A-Z]+)')?/) {
                let name = match.1.uppercased()
                let hasVerbs = ["XGROUP", "XINFO"].contains(name)
                commands.insert(hasVerbs ? "\(name)|\(match.2 ?? "?")" : name)
            }
        }
        return commands
    }

    /// What the store calls beside its scripts. XREADGROUP is the one that only workers need.
    private static let beside: Set<String> = [
        "PING", "SELECT", "CLIENT|SETNAME", "ROLE", "INFO", "CONFIG|GET", "WAIT", "EVALSHA", "EVAL", "SCRIPT|LOAD",
        "PUBLISH",
        "SUBSCRIBE", "UNSUBSCRIBE", "XREADGROUP", "XRANGE", "XACK", "XDEL", "HGET", "HMGET", "EXISTS", "SMEMBERS",
        "TYPE", "DEL",
        "ZREM", "SET",
    ]

    @Test("A worker may call what the scripts and the store call: all of it, and not a command more")
    func worker() throws {
        let rights = try Self.rights(of: "aloft-worker")
        let called = try Self.commandsOfScripts().union(Self.beside)
        #expect(called.subtracting(rights) == [], "add these to deploy/redis/users.acl")
        #expect(rights.subtracting(called) == [], "nothing calls these: take them out of deploy/redis/users.acl")
    }

    @Test("Clients may do less than workers, and readers less than clients")
    func order() throws {
        let worker = try Self.rights(of: "aloft-worker")
        let client = try Self.rights(of: "aloft-client")
        let reader = try Self.rights(of: "aloft-reader")
        #expect(client.isStrictSubset(of: worker))
        #expect(reader.isStrictSubset(of: client))
        #expect(!client.contains("XREADGROUP"))
    }

    @Test("A user without a password is off, and no password stands in the file")
    func passwords() throws {
        let rules = try GuardedRedis.rules([.worker])
        #expect(rules.contains("user aloft-worker on #"))
        #expect(rules.contains("user aloft-client off "))
        #expect(rules.contains("user admin off "))
        #expect(!rules.contains(GuardedRedis.User.worker.password))
    }

    @Test("The keys are those of a prefix, and a prefix that would be a pattern is refused")
    func prefix() throws {
        let rules = try GuardedRedis.rules(environment: ["ALOFT_PREFIX": "shop"])
        #expect(rules.contains("~{shop:*}:*") && !rules.contains("{aloft:"))
        let made = try run(
            ["sh", Deploy.folder.appending(path: "redis/acl.sh").path],
            environment: ["ALOFT_PREFIX": "*"]
        )
        #expect(made.status == 1)
        #expect(made.errors.contains("ALOFT_PREFIX"))
    }
}
