internal import AloftCore
internal import AloftInsight
internal import ArgumentParser

/// `aloft history`
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Tells the history of an instance, event by event.",
        discussion: """
            → came from outside, ← was decided by the workflow's code. Between the time and the event stands how long after \
            the event before it came.
            """
    )

    @Argument(help: "Its id.")
    var id: String

    @Option(help: "An earlier execution of an instance that continued as new, if its history is still kept.")
    var execution: String?

    @Option(help: ArgumentHelp("Begin behind this event.", valueName: "number"))
    var after = 0

    @Option(help: "How many events at most. Default: all, for programs the first 1,000.")
    var limit: Int?

    @Flag(help: "Payloads, causes and backtraces whole, on lines of their own.")
    var full = false

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    private static let page = 500

    func validate() throws {
        guard after >= 0, limit ?? 1 > 0 else {
            throw ValidationError("--after must not be negative, --limit has to be above zero")
        }
    }

    func run() async throws {
        try await store.withSession { session in
            let instance = try InstanceID(id).validated()
            // Half of one execution and half of the next is no history.
            let named = execution.map { ExecutionID($0) }
            let state = try await session.insight.state(of: instance)
            let execution = named ?? state.execution
            if output.json {
                let page = try await session.insight.history(
                    of: instance,
                    execution: execution,
                    after: after,
                    limit: min(limit ?? 1_000, 1_000)
                )
                return try Console.say("history", json: page)
            }
            try await tell(instance, execution, session)
        }
    }

    private func tell(_ instance: InstanceID, _ execution: ExecutionID, _ session: Session) async throws {
        var text = HistoryText(isWhole: full)
        var reader = HistoryReader(session.insight, instance, execution, after: after)
        var left = limit ?? .max
        while left > 0 {
            let events = try await reader.next(limit: min(left, Self.page))
            guard !events.isEmpty else { break }
            let terminal = Terminal.output
            Console.say(text.lines(events, terminal), to: terminal)
            left -= events.count
        }
    }
}

/// Reads a history part by part, and remembers what commands are called.
struct HistoryReader {
    private let insight: Insight
    private let instance: InstanceID
    private let execution: ExecutionID
    private var after: Int
    private var names: [CommandID: String] = [:]

    init(_ insight: Insight, _ instance: InstanceID, _ execution: ExecutionID, after: Int = 0) {
        self.insight = insight
        self.instance = instance
        self.execution = execution
        self.after = after
    }

    /// The events that come next, as many as there are now; empty at the end.
    mutating func next(limit: Int) async throws -> [HistoryLine] {
        let events = try await insight.store.history(of: instance, execution: execution, after: after, limit: limit)
        let page = events.prefix(limit)
        for event in page { if let (command, name) = event.commandName { names[command] = name } }
        after = page.last?.number ?? after
        return page.map { HistoryLine($0, names: names, reader: insight.reader) }
    }
}
