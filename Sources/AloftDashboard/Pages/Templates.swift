import AloftInsight
internal import Mustache

/// The templates of the pages, embedded in the program.
struct Templates: Sendable {
    private let library: MustacheLibrary

    /// - Throws: If one cannot be read, which a test rules out.
    init() throws {
        MustacheContentTypes.register(VisibleHTML(), named: "VISIBLE")
        var library = MustacheLibrary()
        for (name, bytes) in Self.sources {
            let text = "{{% CONTENT_TYPE:VISIBLE}}\n" + String(decoding: bytes, as: UTF8.self)
            try library.register(text, named: name)
        }
        self.library = library
    }

    func render(_ name: String, _ model: Any) -> String { library.render(model, withTemplate: name) ?? "" }

    private static let sources: [(String, [UInt8])] = [
        ("layout", PackageResources.layout_mustache),
        ("mark", PackageResources.mark_mustache),
        ("pill", PackageResources.pill_mustache),
        ("payload", PackageResources.payload_mustache),
        ("failure", PackageResources.failure_mustache),
        ("tiles", PackageResources.tiles_mustache),
        ("recent", PackageResources.recent_mustache),
        ("fleet", PackageResources.fleet_mustache),
        ("filters", PackageResources.filters_mustache),
        ("instances", PackageResources.instances_mustache),
        ("head", PackageResources.head_mustache),
        ("actions", PackageResources.actions_mustache),
        ("waits", PackageResources.waits_mustache),
        ("data", PackageResources.data_mustache),
        ("timeline", PackageResources.timeline_mustache),
        ("family", PackageResources.family_mustache),
        ("member", PackageResources.member_mustache),
        ("history", PackageResources.history_mustache),
        ("queues", PackageResources.queues_mustache),
        ("workers", PackageResources.workers_mustache),
        ("worker", PackageResources.worker_mustache),
        ("audit", PackageResources.audit_mustache),
        ("login", PackageResources.login_mustache),
        ("problem", PackageResources.problem_mustache),
        ("quarantine", PackageResources.quarantine_mustache),
    ]
}

/// What comes from workflows and clients is escaped for HTML, and so that it can neither hide nor turn the direction of
/// reading.
private struct VisibleHTML: MustacheContentType {
    func escapeText(_ text: String) -> String { SVG.escaped(text.visibleLines) }
}
