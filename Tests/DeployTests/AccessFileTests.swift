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

    /// The texts in a folder of the store.
    private static func texts(_ folder: String, _ type: String) throws -> [String: String] {
        let folder = Deploy.root.appending(path: "Sources/AloftRedis").appending(path: folder)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try Dictionary(
            uniqueKeysWithValues: files.filter { $0.pathExtension == type }.map {
                ($0.deletingPathExtension().lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
            }
        )
    }

    /// The scripts that calls of clients run, with what they share.
    private static func scriptsOfClients() throws -> Set<String> {
        let all = try texts("Scripts", "lua")
        var names: Set<String> = ["audit", "namespace", "outbox", "receive"]
        for text in try texts("Clients", "swift").values {
            for match in text.matches(of: /Scripts\.([a-zA-Z]+)/) where all[String(match.1)] != nil {
                names.insert(String(match.1))
            }
        }
        for name in names {
            let line = all[name]?.split(separator: "\n").dropFirst().first ?? ""
            guard line.hasPrefix("-- uses ") else { continue }
            for match in line.matches(of: /([a-z]+)\.lua/) { names.insert(String(match.1)) }
        }
        return names
    }

    /// The commands that stand in scripts.
    private static func commands(_ isWanted: (String) -> Bool = { _ in true }) throws -> Set<String> {
        var commands: Set<String> = []
        for (name, text) in try texts("Scripts", "lua") where isWanted(name) {
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
        let called = try Self.commands().union(Self.beside)
        #expect(called.subtracting(rights) == [], "add these to deploy/redis/users.acl")
        #expect(rights.subtracting(called) == [], "nothing calls these: take them out of deploy/redis/users.acl")
    }

    /// What is shared has commands, too, that no client comes to; so this asks for a few more than are called.
    @Test("A client may call what is in the scripts of clients")
    func client() throws {
        let scripts = try Self.scriptsOfClients()
        #expect(scripts.count > 15)
        let called = try Self.commands(scripts.contains)
        let rights = try Self.rights(of: "aloft-client")
        let repairs: Set<String> = ["PERSIST", "XGROUP|CREATE"]
        #expect(called.subtracting(rights).subtracting(repairs) == [], "add these to deploy/redis/users.acl")
        #expect(
            rights.subtracting(called).subtracting(Self.beside) == [],
            "no client calls these: take them out of deploy/redis/users.acl"
        )
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
