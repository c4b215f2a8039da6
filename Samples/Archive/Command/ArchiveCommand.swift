import ArgumentParser

@main
struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Archives folders: every file compressed, read back and compared, by a fleet of workers on Redis.",
        discussion: """
            Exit status: 0 all is well; 1 something differs or could not be archived, as told; 2 an instance failed; \
            64 wrong usage; 66 the source folder cannot be used; 69 Redis cannot be used; 71 a command of the system is \
            missing; 73 the output folder cannot be used; 130 interrupted.
            """,
        subcommands: [RunCommand.self, WorkerCommand.self, VerifyCommand.self, DemoCommand.self]
    )
}
