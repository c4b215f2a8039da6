import RedisClient

/// The scripts of the store. Each file documents its keys, arguments and reply.
enum Scripts {
    /// Changes nothing, and Redis sees to that.
    static let actions = script("actions", PackageResources.actions_lua)
    static let audit = script("audit", PackageResources.audit_lua)
    /// The same script, allowed to write.
    static let repair = script("repair", PackageResources.audit_lua, header: "#!lua flags=allow-oom")
    static let await = script("await", PackageResources.await_lua)
    static let beat = script("beat", PackageResources.beat_lua)
    static let commit = script("commit", PackageResources.commit_lua)
    static let counts = script("counts", PackageResources.counts_lua)
    static let dead = script("dead", PackageResources.dead_lua)
    static let deliver = script("deliver", PackageResources.deliver_lua)
    /// For requests to cancel, which free memory in the end and may therefore be delivered when there is none.
    static let deliverUrgently = script("deliver", PackageResources.deliver_lua, header: "#!lua flags=allow-oom")
    static let finish = script("finish", PackageResources.finish_lua)
    static let finished = script("finished", PackageResources.finished_lua)
    static let history = script("history", PackageResources.history_lua)
    static let lift = script("lift", PackageResources.lift_lua)
    static let list = script("list", PackageResources.list_lua)
    static let load = script("load", PackageResources.load_lua)
    static let namespace = script("namespace", PackageResources.namespace_lua)
    static let note = script("note", PackageResources.note_lua)
    static let outbox = script("outbox", PackageResources.outbox_lua)
    static let pending = script("pending", PackageResources.pending_lua)
    static let postpone = script("postpone", PackageResources.postpone_lua)
    static let queues = script("queues", PackageResources.queues_lua)
    static let recent = script("recent", PackageResources.recent_lua)
    static let receive = script("receive", PackageResources.receive_lua)
    static let recover = script("recover", PackageResources.recover_lua)
    static let release = script("release", PackageResources.release_lua)
    static let remove = script("remove", PackageResources.remove_lua)
    static let renew = script("renew", PackageResources.renew_lua)
    static let retry = script("retry", PackageResources.retry_lua)
    static let start = script("start", PackageResources.start_lua)
    static let takeover = script("takeover", PackageResources.takeover_lua)
    static let terminate = script("terminate", PackageResources.terminate_lua)
    static let tick = script("tick", PackageResources.tick_lua)
    static let trial = script("trial", PackageResources.trial_lua)
    static let work = script("work", PackageResources.work_lua)
    static let workers = script("workers", PackageResources.workers_lua)

    /// What scripts may ask for, in the order in which it stands before them.
    private static let libraries = [
        ("shared.lua", String(decoding: PackageResources.shared_lua, as: UTF8.self)),
        ("bytes.lua", String(decoding: PackageResources.bytes_lua, as: UTF8.self)),
        ("instances.lua", String(decoding: PackageResources.instances_lua, as: UTF8.self)),
        ("auditing.lua", String(decoding: PackageResources.auditing_lua, as: UTF8.self)),
        ("unknown.lua", String(decoding: PackageResources.unknown_lua, as: UTF8.self)),
    ]

    /// - Parameter header: Instead of the first line.
    private static func script(_ name: String, _ bytes: [UInt8], header: String? = nil) -> RedisScript {
        var source = compose(String(decoding: bytes, as: UTF8.self))
        if let header, let end = source.firstIndex(of: "\n") { source = header + source[end...] }
        return RedisScript(name: name, source: source)
    }

    /// Puts what the second line asks for, "-- uses shared.lua, instances.lua", after the first line, which has to stay
    /// first because it holds the script's flags.
    private static func compose(_ source: String) -> String {
        let lines = source.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[1].hasPrefix("-- uses ") else { return source }
        let wanted = libraries.filter { lines[1].contains($0.0) }.map(\.1)
        return ([String(lines[0])] + wanted + [String(lines[2])]).joined(separator: "\n")
    }
}
