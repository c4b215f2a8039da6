internal import AloftClient
internal import AloftInsight
internal import ArgumentParser

/// `aloft signal`
struct SignalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal",
        abstract: "Sends a signal.",
        discussion: "aloft signal approval order-42 --payload '{\"by\": \"finance\"}'"
    )

    @Argument(help: "The name of the signal.")
    var name: String

    @OptionGroup(title: "Which") var which: Subjects

    @Option(help: ArgumentHelp("What it carries.", valueName: "json"))
    var payload: String?

    @Option(
        help: ArgumentHelp("A file with what it carries, - for standard input.", valueName: "path"),
        completion: .file()
    )
    var payloadFile: String?

    @Option(help: ArgumentHelp("Of all signals to an instance with the same id one arrives.", valueName: "id"))
    var signalID: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let value = try PayloadText.value(payload, file: payloadFile, "payload")
            let input = EventBody.signalReceived(name: name, try session.client.payload(value))
            try IdentifierRules.check(name, subject: "signal name")
            let action = Action(name: "signal \(name)", verb: "signal", past: "signalled", suits: [.running]) {
                instance in
                try await session.store.deliver(input, to: instance, execution: nil, id: signalID)
                return true
            }
            try await session.perform(action, on: which, asJSON: output.json)
        }
    }
}

/// `aloft cancel`
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Asks instances to cancel; they may clean up."
    )

    @OptionGroup(title: "Which") var which: Subjects

    @Option(help: "Why, for people.")
    var reason = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let action = Action(verb: "cancel", past: "asked to cancel", suits: [.running], reason: reason.nonEmpty) {
                instance in
                try await session.client.handle(instance, returning: Void.self).cancel(reason: reason)
                return true
            }
            try await session.perform(action, on: which, asJSON: output.json)
        }
    }
}

/// `aloft terminate`
struct TerminateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate",
        abstract: "Ends instances at once, without running their code: nothing is cleaned up."
    )

    @OptionGroup(title: "Which") var which: Subjects

    @Option(help: "Why, for people.")
    var reason = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let action = Action(verb: "terminate", past: "terminated", suits: [.running], reason: reason.nonEmpty) {
                instance in
                try await session.client.handle(instance, returning: Void.self).terminate(reason: reason)
                return true
            }
            try await session.perform(action, on: which, asJSON: output.json)
        }
    }
}

/// `aloft release`
struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Lets instances in quarantine go on, after a deployment that mended their code.",
        discussion: "aloft release --workflow Deliver; for all of them: aloft release --all"
    )

    @OptionGroup(title: "Which") var which: Subjects
    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let action = Action(verb: "release", past: "released", suits: [.running], isOfQuarantined: true) {
                instance in
                try await session.client.handle(instance, returning: Void.self).release()
            }
            try await session.perform(action, on: which, asJSON: output.json)
        }
    }
}

/// `aloft remove`
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Deletes finished instances and everything of them, before their retention ends.",
        discussion: "aloft remove --status completed --before 7d --dry-run",
        aliases: ["rm"]
    )

    @OptionGroup(title: "Which") var which: Subjects
    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let finished = Set(InstanceStatus.all.filter(\.isFinished))
            let action = Action(verb: "remove", past: "removed", suits: finished) { instance in
                try await session.client.handle(instance, returning: Void.self).remove()
                return true
            }
            try await session.perform(action, on: which, asJSON: output.json)
        }
    }
}

/// `aloft retry`
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Lets activities that wait for their next attempt have it at once."
    )

    @Argument(help: "The instance.")
    var id: String

    @Argument(
        help: "The number of the activity's command, as \"aloft history\" or --json tells. Default: all that wait."
    )
    var command: Int?

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let instance = try InstanceID(id).validated()
            var commands = command.map { [CommandID($0)] } ?? []
            if command == nil {
                for activity in try await session.store.pendingActivities(of: instance) {
                    if case .retrying = activity.position { commands.append(activity.command) }
                }
            }
            var count = 0
            for command in commands {
                let isDone = try await session.noting("retry activity \(command)", id) {
                    try await session.store.retryNow(command, of: instance)
                }
                if isDone { count += 1 }
            }
            if output.json { return try Console.say("done", json: DoneView(isDone: count > 0)) }
            Console.say(
                count == 0
                    ? "No activity waits for its next attempt."
                    : "\(Quantity.count(count, "activity", "activities")) tried again now."
            )
        }
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
