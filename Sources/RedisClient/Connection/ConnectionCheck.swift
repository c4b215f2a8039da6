/// Something that every connection has to prove before it is used, so that nothing is sent to a server that has changed for the
/// worse while there was no connection.
package struct ConnectionCheck: Sendable {
    package var command: RedisCommand

    /// What the reply says against the connection, `nil` if nothing. A connection that is refused is tried again with backoff.
    package var problem: @Sendable (RedisValue) -> String?

    package init(_ command: RedisCommand, problem: @escaping @Sendable (RedisValue) -> String?) {
        self.command = command
        self.problem = problem
    }
}

extension ConnectionCheck {
    /// Sentinels may tell a master that is none yet, or none any more.
    static let isMaster = ConnectionCheck(RedisCommand("ROLE")) { reply in
        switch reply {
        // An access list may forbid the question; a replica shows itself by the first write.
        case .error(let error): return error.code == "NOPERM" ? nil : error.message
        default:
            let role = (try? reply.array.first?.string) ?? "?"
            return role == "master" ? nil : "the sentinels name a server as master whose role is \(role)"
        }
    }
}
