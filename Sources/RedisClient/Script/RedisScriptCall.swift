import NIOCore

/// One call of a script, for ``RedisClient/runAll(_:timeout:)``.
public struct RedisScriptCall: Sendable {
    public var script: RedisScript
    public var keys: [RedisArgument]
    public var arguments: [RedisArgument]

    public init(_ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]) {
        self.script = script
        self.keys = keys
        self.arguments = arguments
    }

    /// What the call adds to a write, roughly, its script aside.
    package var bytes: Int {
        keys.reduce(0) { $0 + $1.maximumCount } + arguments.reduce(0) { $0 + $1.maximumCount }
    }
}

/// The reply to a call, and those to the commands that followed it.
package struct RedisScriptOutcome: Sendable {
    package let reply: RedisValue
    package let followers: [RedisValue]

    /// The reply, unless it is an error.
    package func get() throws(RedisError) -> RedisValue {
        guard case .error(let error) = reply else { return reply }
        throw RedisError(error).fromScript
    }
}

/// How scripts go over the wire.
///
/// A script whose digest is known is called with `EVALSHA`. If it is not known, or the server has lost it, `SCRIPT
/// LOAD` and `EVAL` go together: one round trip that cannot fail for lack of the script, and leaves it loaded.
enum ScriptEncoding {
    static func callByDigest(_ sha: String, _ keys: [RedisArgument], _ arguments: [RedisArgument]) throws(RedisError)
        -> EncodedCommands
    {
        try EncodedCommands(["EVALSHA", RedisArgument(sha), RedisArgument(keys.count)], keys, arguments)
    }

    /// Two commands.
    static func loadAndCall(_ call: RedisScriptCall) throws(RedisError) -> ByteBuffer {
        var buffer = ByteBuffer()
        try writeLoad(call.script, to: &buffer)
        try writeCallBySource(call, to: &buffer)
        return buffer
    }

    static func writeLoad(_ script: RedisScript, to buffer: inout ByteBuffer) throws(RedisError) {
        try EncodedCommands(["SCRIPT", "LOAD", RedisArgument(script.source)]).write(to: &buffer)
    }

    static func writeCallBySource(_ call: RedisScriptCall, to buffer: inout ByteBuffer) throws(RedisError) {
        try EncodedCommands(
            ["EVAL", RedisArgument(call.script.source), RedisArgument(call.keys.count)],
            call.keys,
            call.arguments
        ).write(to: &buffer)
    }
}

extension RedisValue {
    var isNoScript: Bool {
        if case .error(let error) = self { return error.code == "NOSCRIPT" }
        return false
    }
}
