package import AloftCore
import RedisClient

/// What a server tells about itself, as far as it lets us ask.
package struct ServerFacts: Sendable {
    /// Of `INFO`. Empty if that is forbidden.
    package var info: [String: String] = [:]
    /// Of `CONFIG GET`. What is forbidden is missing.
    package var settings: [String: String] = [:]
    /// Whether the server knows `WAITAOF` and lets us use it.
    package var hasWaitAOF = false
    /// Commands that were refused, with the reasons.
    package var refused: [(command: String, reason: String)] = []
    package var localTime: Timestamp

    package init(info: String = "", settings: [String: String] = [:], localTime: Timestamp) {
        self.info = Self.fields(of: info)
        self.settings = settings
        self.localTime = localTime
    }

    /// - Throws: `RedisError` if there is no connection, or the server cannot answer anything now.
    static func read(from client: RedisClient, localTime: () -> Timestamp) async throws -> ServerFacts {
        let settings = ["*append*", "save", "maxmemory-policy"]
        let questions =
            [("INFO", RedisCommand("INFO")), ("WAITAOF", RedisCommand("WAITAOF", 0, 0, 1))]
            + settings.map { ("CONFIG GET \($0)", RedisCommand("CONFIG", "GET", RedisArgument($0))) }
        let replies = try await client.pipeline(questions.map(\.1))
        var facts = ServerFacts(localTime: localTime())
        for ((name, _), reply) in zip(questions, replies) {
            if case .error(let error) = reply {
                guard ["ERR", "NOPERM"].contains(error.code) else { throw RedisError(error) }
                facts.refused.append((name, error.message))
            } else if name == "INFO" {
                facts.info = fields(of: try reply.string)
            } else if name == "WAITAOF" {
                facts.hasWaitAOF = true
            } else {
                facts.settings.merge(pairs(of: reply)) { $1 }
            }
        }
        return facts
    }

    /// The reply to `CONFIG GET`.
    static func pairs(of reply: RedisValue) -> [String: String] {
        guard case .array(let words) = reply else { return [:] }
        var pairs: [String: String] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            if let name = try? words[index].string { pairs[name] = try? words[index + 1].string }
        }
        return pairs
    }

    private static func fields(of text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return fields
    }
}

extension ServerFacts {
    var product: String { info["server_name"] ?? "Redis" }
    var version: RedisVersion? { info["redis_version"].flatMap { RedisVersion($0) } }
    var time: Int64? { info["server_time_usec"].flatMap { Int64($0) }.map { $0 / 1000 } }
    var evictionPolicy: String? { settings["maxmemory-policy"] ?? info["maxmemory_policy"] }

    func bytes(_ field: String) -> Int? { info[field].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }

    /// `nil` if the server does not say.
    var keepsLog: Bool? {
        if let setting = settings["appendonly"] { return setting == "yes" }
        return info["aof_enabled"].map { $0 == "1" }
    }

    var keepsSnapshots: Bool? { settings["save"].map { !$0.isEmpty } }

    /// How many replicas are connected and up to date; `nil` if the server does not say.
    var replicas: Int? {
        guard info["connected_slaves"] != nil else { return nil }
        return info.count { $0.key.hasPrefix("slave") && $0.value.contains("state=online") }
    }
}
