internal import AloftClient
internal import AloftInsight
internal import ArgumentParser
internal import Foundation

/// `aloft export`
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes an instance with its whole history as JSON, event by event and bit by bit.",
        discussion:
            "To keep it, to look at it elsewhere, to replay it. Payloads stay as they are stored: encrypted ones encrypted."
    )

    @Argument(help: "Its id.")
    var id: String

    @Option(help: "An earlier execution of an instance that continued as new, if its history is still kept.")
    var execution: String?

    @Option(
        name: [.customLong("output"), .customShort("o")],
        help: ArgumentHelp("The file to write. Default: standard output.", valueName: "path"),
        completion: .file()
    )
    var file: String?

    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession { session in
            let instance = try InstanceID(id).validated()
            let view = try await session.insight.view(of: instance)
            let events = try await session.handle(id).history(of: ExecutionID(execution ?? view.execution))
            let export = HistoryExport(instance: view, execution: execution ?? view.execution, events: events)
            let bytes = try InsightJSON.document("export", export, isPretty: true)
            let text = String(decoding: bytes, as: UTF8.self).visibleJSON + "\n"
            guard let file else { return Console.write(text) }
            do {
                try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
            } catch {
                throw Refusal(.noOutput, "\(file) cannot be written: \(error.localizedDescription)")
            }
            Console.say("\(Quantity.count(events.count, "event")) in \(file).")
        }
    }
}
