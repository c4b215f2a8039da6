internal import AloftCore
internal import AloftInsight
internal import ArgumentParser

/// `aloft queues`
struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract: "Tells what waits in the queues, since when, and how many workers serve them."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let queues = try await session.insight.queues()
            if output.json { return try Console.say("queues", json: queues) }
            let terminal = Terminal.output
            Console.say(FleetText.queues(queues, terminal), to: terminal)
        }
    }
}

/// `aloft workers`
struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers",
        abstract: "Tells which workers are alive, what they serve and how much they have in hand."
    )

    @Argument(help: "Tell what this one has in hand instead, up to 100 things.")
    var worker: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let terminal = Terminal.output
            if let worker {
                let work = try await session.insight.work(of: try WorkerID(worker).validated(), limit: 100)
                if output.json { return try Console.say("work", json: work) }
                return Console.say(FleetText.work(work), to: terminal)
            }
            let workers = try await session.insight.workers()
            if output.json { return try Console.say("workers", json: workers) }
            Console.say(FleetText.workers(workers, now: session.store.now, terminal), to: terminal)
        }
    }
}

/// `aloft actions`
struct ActionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "actions",
        abstract: "Tells what was done by hand lately, by whom: through dashboards and this program."
    )

    @Option(help: "How many at most.")
    var limit = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit has to be from 1 to 1,000") }
    }

    func run() async throws {
        try await store.withSession { session in
            let actions = try await session.insight.actions(limit: limit)
            if output.json { return try Console.say("actions", json: actions) }
            let terminal = Terminal.output
            Console.say(FleetText.actions(actions, terminal), to: terminal)
        }
    }
}
