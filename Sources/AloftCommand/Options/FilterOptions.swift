internal import AloftCore
internal import AloftInsight
internal import ArgumentParser

/// Which instances.
struct FilterOptions: ParsableArguments {
    @Option(help: "Those of this status; may be given several times.")
    var status: [StatusArgument] = []

    @Option(help: "Those of the workflow of this name.")
    var workflow: String?

    @Option(help: "Those on this queue.")
    var queue: String?

    @Option(
        help: ArgumentHelp(
            "Those that were started since this moment, or this long ago: 2026-11-23T16:00, 2h.",
            valueName: "moment"
        )
    )
    var after: MomentArgument?

    @Option(
        help: ArgumentHelp("Those that were started before this moment, or longer ago than this.", valueName: "moment")
    )
    var before: MomentArgument?

    @Option(help: ArgumentHelp("Those whose id begins so.", valueName: "beginning"))
    var idPrefix: String?

    @Flag(inversion: .prefixedNo, help: "Those in quarantine, or those that are not.")
    var quarantined: Bool?

    /// Whether any condition was given.
    var isEmpty: Bool {
        status.isEmpty && workflow == nil && queue == nil && after == nil && before == nil && (idPrefix ?? "").isEmpty
            && quarantined == nil
    }

    /// As it was typed: "--status failed --workflow Pay".
    var text: String {
        var words = status.map { "--status \($0.status)" }
        if let workflow { words.append("--workflow \(workflow)") }
        if let queue { words.append("--queue \(queue)") }
        if let after { words.append("--after \(after)") }
        if let before { words.append("--before \(before)") }
        if let idPrefix { words.append("--id-prefix \(idPrefix)") }
        if let quarantined { words.append(quarantined ? "--quarantined" : "--no-quarantined") }
        return words.joined(separator: " ")
    }

    func filter(now: Timestamp) -> InstanceFilter {
        InstanceFilter(
            statuses: Set(status.map(\.status)),
            workflow: workflow,
            queue: queue.map { TaskQueue($0) },
            createdAfter: after?.moment(now: now),
            createdBefore: before?.moment(now: now),
            isQuarantined: quarantined,
            idPrefix: idPrefix ?? ""
        )
    }
}

/// Lines for people or JSON for programs.
struct OutputOptions: ParsableArguments {
    @Flag(help: "One JSON document instead of lines; the same as of the dashboard's API.")
    var json = false
}

/// A payload as it is typed.
struct PayloadText {
    /// - Parameters:
    ///   - text: JSON.
    ///   - file: A file with JSON, "-" for standard input.
    /// - Returns: `nil` if neither is given: the payload of nothing.
    static func value(_ text: String?, file: String?, _ subject: String) throws(Refusal) -> JSONValue? {
        if text != nil, file != nil {
            throw Refusal(.validationFailure, "give the \(subject) on the command line or in a file, not both")
        }
        var json = text
        if let file { json = try TextFile.read(file, "the \(subject)") }
        guard let json else { return nil }
        do {
            return try InsightJSON.decode(JSONValue.self, from: json.utf8)
        } catch {
            throw Refusal(
                .badData,
                "the \(subject) is not JSON; a text needs quotation marks of its own: '\"like this\"'"
            )
        }
    }
}
