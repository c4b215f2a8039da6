internal import AloftCore
internal import AloftInsight
internal import ArgumentParser

/// `aloft show`
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows an instance: status, what it waits for and where, input, outcome, timeline.",
        aliases: ["status"]
    )

    @Argument(help: "Its id.")
    var id: String

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let report = try await session.insight.report(of: try InstanceID(id).validated())
            if output.json {
                var report = report
                report.timeline = report.timeline.condensed(to: 500)
                return try Console.say("report", json: report)
            }
            let terminal = Terminal.output
            Console.say(InstanceText.report(report, terminal), to: terminal)
        }
    }
}
