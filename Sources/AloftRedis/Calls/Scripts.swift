import RedisClient

/// The scripts of the store. Each file documents its keys, arguments and reply.
enum Scripts {
    static let await = script("await", PackageResources.await_lua)
    static let beat = script("beat", PackageResources.beat_lua)
    static let commit = script("commit", PackageResources.commit_lua)
    static let deliver = script("deliver", PackageResources.deliver_lua)
    static let finish = script("finish", PackageResources.finish_lua)
    static let history = script("history", PackageResources.history_lua)
    static let load = script("load", PackageResources.load_lua)
    static let namespace = script("namespace", PackageResources.namespace_lua)
    static let postpone = script("postpone", PackageResources.postpone_lua)
    static let release = script("release", PackageResources.release_lua)
    static let remove = script("remove", PackageResources.remove_lua)
    static let start = script("start", PackageResources.start_lua)
    static let takeover = script("takeover", PackageResources.takeover_lua)
    static let tick = script("tick", PackageResources.tick_lua)

    private static let shared = String(decoding: PackageResources.shared_lua, as: UTF8.self)

    private static func script(_ name: String, _ bytes: [UInt8]) -> RedisScript {
        RedisScript(name: name, source: compose(String(decoding: bytes, as: UTF8.self)))
    }

    /// Puts the shared helpers after the first line, which has to stay first because it holds the script's flags.
    private static func compose(_ source: String) -> String {
        guard source.contains("\n-- uses shared.lua\n"), let end = source.firstIndex(of: "\n") else { return source }
        return source[...end] + shared + source[source.index(after: end)...]
    }
}
