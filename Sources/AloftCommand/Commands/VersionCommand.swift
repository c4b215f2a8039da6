internal import ArgumentParser

/// `aloft version`
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Tells the version.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report = AloftVersion.report
        if output.json { return try Console.say("version", json: report) }
        Console.say(
            "aloft \(report.version), histories of format \(report.historyFormat), API \(report.apiVersion), \(report.platform)"
        )
    }
}
