internal import AloftClient
internal import AloftInsight
internal import ArgumentParser

/// `aloft start`
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts an instance.",
        discussion: """
            aloft start Fulfilment --id order-42 --queue orders --input '{"items": ["lamp"]}' --wait
            """
    )

    enum IfOpen: String, ExpressibleByArgument, CaseIterable { case fail, join, replace }
    enum IfFinished: String, ExpressibleByArgument, CaseIterable {
        case fail, join, replace
        case replaceFailed = "replace-failed"
    }

    @Argument(help: "The registered name of the workflow.")
    var workflow: String

    @Option(help: "The id of the instance. Default: random.")
    var id: String?

    @Option(help: "The queue whose workers run it.")
    var queue = TaskQueue.default.rawValue

    @Option(help: ArgumentHelp("Its input.", valueName: "json"))
    var input: String?

    @Option(help: ArgumentHelp("A file with its input, - for standard input.", valueName: "path"), completion: .file())
    var inputFile: String?

    @Option(
        help: ArgumentHelp(
            "A note for people and programs that list it; may be given several times.",
            valueName: "name=value"
        )
    )
    var memo: [MemoArgument] = []

    @Option(help: ArgumentHelp("Let it begin after this time, such as 90s or 2h.", valueName: "duration"))
    var delay: DurationArgument?

    @Option(help: ArgumentHelp("Let it begin at this moment, such as 2026-12-24T18:00Z.", valueName: "moment"))
    var at: String?

    @Option(help: ArgumentHelp("End it if it takes longer than this.", valueName: "duration"))
    var timeout: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "How long it is kept after it has finished. Default: 48h, or the setting retention.",
            valueName: "duration"
        )
    )
    var retention: DurationArgument?

    @Option(help: "What to do if an instance of that id is open: \(IfOpen.allValueStrings.joined(separator: ", ")).")
    var ifOpen = IfOpen.fail

    @Option(help: "What to do if one has finished: \(IfFinished.allValueStrings.joined(separator: ", ")).")
    var ifFinished = IfFinished.fail

    @Option(
        help: ArgumentHelp(
            "Send this signal with the start; an open instance is signalled and not in the way.",
            valueName: "name"
        )
    )
    var signal: String?

    @Option(help: ArgumentHelp("The payload of the signal.", valueName: "json"))
    var payload: String?

    @Option(help: ArgumentHelp("Of all signals to an instance with the same id one arrives.", valueName: "id"))
    var signalID: String?

    @Flag(help: "Wait for its end and print its result, as \"aloft result\" does.")
    var wait = false

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func validate() throws {
        guard delay == nil || at == nil else { throw ValidationError("give --delay or --at, not both") }
        guard at == nil || at.flatMap({ Moment($0) }) != nil else {
            throw ValidationError("--at takes a moment in UTC, such as 2026-12-24T18:00Z")
        }
        guard signal != nil || (payload == nil && signalID == nil) else {
            throw ValidationError("--payload and --signal-id belong to --signal; the input is --input")
        }
    }

    func run() async throws {
        try await store.withSession(shownBytes: .max) { session in
            let start = try start(session.client)
            let isNew: Bool
            let outcome = try await session.noting("start \(workflow)", start.instance.rawValue) {
                try await session.store.start(start)
            }
            switch outcome {
            case .started: isNew = true
            case .exists(let state):
                try start.checkJoining(state)
                isNew = false
            }
            if wait { return try await session.tellEnd(of: start.instance, within: nil, asJSON: output.json) }
            let view = try await session.insight.view(of: start.instance)
            if output.json { return try Console.say("started", json: StartedView(isNew: isNew, instance: view)) }
            Console.say(Styled(start.instance.rawValue, .bold) + Styled(isNew ? "" : "  was there already", .faint))
        }
    }

    private func start(_ client: WorkflowClient) throws -> InstanceStart {
        let input = try PayloadText.value(input, file: inputFile, "input")
        var start = InstanceStart(
            instance: id.map { InstanceID($0) } ?? .random(),
            workflow: workflow,
            queue: TaskQueue(queue),
            input: try client.payload(input),
            retention: retention?.duration,
            moment: moment,
            executionTimeout: timeout?.duration,
            memo: Dictionary(memo.map { ($0.name, $0.value) }) { _, last in last }
        )
        if let signal {
            let payload = try PayloadText.value(payload, file: nil, "payload of the signal")
            start.signal = InitialSignal(name: signal, payload: try client.payload(payload), id: signalID)
        }
        start.conflictPolicy =
            switch ifOpen {
            case .fail: signal == nil ? .fail : .useExisting
            case .join: .useExisting
            case .replace: .terminateExisting
            }
        start.reusePolicy =
            switch ifFinished {
            case .fail: .reject
            case .join: .useExisting
            case .replace: .allow
            case .replaceFailed: .allowIfFailed
            }
        return start
    }

    private var moment: StartMoment {
        if let moment = at.flatMap({ Moment($0) }) { return .at(moment.timestamp) }
        return delay.map { .after($0.duration) } ?? .now
    }
}

extension WorkflowClient {
    /// What was typed, as workers read it.
    func payload(_ value: JSONValue?) throws -> Payload {
        guard let value else { return .none }
        return try coder.encode(value)
    }
}
