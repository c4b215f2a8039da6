import NIOCore

/// The two rounds of a pipeline of script calls: first by digest, then once more with the source for those that the
/// server did not have. Commands that follow the calls end both rounds.
struct ScriptBatch: Sendable {
    let bytes: ByteBuffer
    let count: Int
    private(set) var results: [RedisValue] = []

    private let calls: [RedisScriptCall]
    /// Scripts whose `SCRIPT LOAD` goes first.
    private let loaded: [RedisScript]
    private let followers: [RedisCommand]
    private var firstFollowers: [RedisValue] = []
    private var secondFollowers: [RedisValue] = []
    private var repeated: [Int] = []
    private var reloaded: [RedisScript] = []

    init(_ calls: [RedisScriptCall], followedBy followers: [RedisCommand] = []) throws(RedisError) {
        var bytes = ByteBuffer()
        var loaded: [RedisScript] = []
        for call in calls where call.script.sha == nil && !loaded.contains(where: { $0.source == call.script.source }) {
            try ScriptEncoding.writeLoad(call.script, to: &bytes)
            loaded.append(call.script)
        }
        for call in calls {
            if let sha = call.script.sha {
                try ScriptEncoding.callByDigest(sha, call.keys, call.arguments).write(to: &bytes)
            } else {
                try ScriptEncoding.writeCallBySource(call, to: &bytes)
            }
        }
        for command in followers { try EncodedCommands(command.arguments).write(to: &bytes) }
        self.bytes = bytes
        self.count = loaded.count + calls.count + followers.count
        self.calls = calls
        self.followers = followers
        self.loaded = loaded
    }

    mutating func receive(_ values: [RedisValue]) {
        for (script, reply) in zip(loaded, values) { script.learn(reply) }
        results = Array(values.dropFirst(loaded.count).prefix(calls.count))
        firstFollowers = Array(values.dropFirst(loaded.count + calls.count))
        repeated = results.indices.filter { results[$0].isNoScript }
    }

    /// The second round and its number of commands, `nil` if none is needed.
    mutating func retry() throws(RedisError) -> (ByteBuffer, Int)? {
        guard !repeated.isEmpty else { return nil }
        var bytes = ByteBuffer()
        for index in repeated {
            let script = calls[index].script
            guard !reloaded.contains(where: { $0.source == script.source }) else { continue }
            try ScriptEncoding.writeLoad(script, to: &bytes)
            reloaded.append(script)
        }
        for index in repeated { try ScriptEncoding.writeCallBySource(calls[index], to: &bytes) }
        for command in followers { try EncodedCommands(command.arguments).write(to: &bytes) }
        return (bytes, reloaded.count + repeated.count + followers.count)
    }

    mutating func receiveRetry(_ values: [RedisValue]) {
        for (script, reply) in zip(reloaded, values) { script.learn(reply) }
        for (index, value) in zip(repeated, values.dropFirst(reloaded.count)) { results[index] = value }
        secondFollowers = Array(values.dropFirst(reloaded.count + repeated.count))
    }

    /// Each reply with those to the commands that followed it in its round.
    var outcomes: [RedisScriptOutcome] {
        results.indices.map { index in
            let followers = repeated.contains(index) ? secondFollowers : firstFollowers
            return RedisScriptOutcome(reply: results[index], followers: followers)
        }
    }
}
