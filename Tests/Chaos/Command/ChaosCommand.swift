import ArgumentParser

@main
struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aloft-chaos",
        abstract:
            "Runs a mixed load while workers, clients and Redis are killed and paused, and checks what became of it.",
        discussion: """
            Prints one JSON object per seed on standard output. Exit status: 0 nothing was lost, wrong, done twice or \
            left over; 1 otherwise.
            """,
        subcommands: [RunCommand.self, WorkerCommand.self, ClientCommand.self],
        defaultSubcommand: RunCommand.self
    )
}
