enum ScriptReplies {
    /// The outcome of `SCRIPT LOAD` and `EVAL`.
    static func single(_ replies: [RedisValue], _ script: RedisScript) throws(RedisError) -> RedisValue {
        script.learn(replies.first)
        guard case .error(let error)? = replies.last else { return replies.last ?? .null }
        throw RedisError(error).fromScript
    }
}

extension RedisError {
    /// Replies with which the server refuses a script before its first line.
    private static let refusals: Set<String> = [
        "NOSCRIPT", "READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "CROSSSLOT",
        "NOAUTH", "NOPERM", "BUSY", "MISCONF", "NOREPLICAS",
    ]

    /// The error reply of a script, which may have written before it failed.
    var fromScript: RedisError {
        var copy = self
        copy.mayHaveBeenExecuted = !Self.refusals.contains(serverCode ?? "")
        return copy
    }
}
