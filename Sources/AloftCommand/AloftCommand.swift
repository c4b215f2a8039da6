internal import AloftCore
internal import ArgumentParser

/// The command line: looks into a fleet and steers it, over the Redis that it works on.
@main
struct AloftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aloft",
        abstract: "Looks into durable workflows on Redis, and steers them.",
        discussion: """
            Where Redis is comes from --redis, from ALOFT_REDIS_URL, or from a file of settings: see "aloft help settings". \
            What a command prints for people it prints for programs with --json.

            Ends with 0 if all is well, 1 if what was asked about is not, 2 if there is no such instance, 3 if its state does \
            not allow it, 64 if the command line is wrong, 65 if data is, 66 if a file cannot be read, 69 if Redis cannot be \
            reached, 70 if data in Redis cannot be used, 73 if a file cannot be written, 75 if it may help to try again, 78 if \
            settings are wrong.
            """,
        version: AloftVersion.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Looking:",
                subcommands: [
                    ListCommand.self, ShowCommand.self, HistoryCommand.self, ResultCommand.self, WatchCommand.self,
                    ExportCommand.self, QueuesCommand.self, WorkersCommand.self, ActionsCommand.self,
                ]
            ),
            CommandGroup(
                name: "Steering:",
                subcommands: [
                    StartCommand.self, SignalCommand.self, CancelCommand.self, TerminateCommand.self,
                    RetryCommand.self, ReleaseCommand.self, RemoveCommand.self,
                ]
            ),
            CommandGroup(
                name: "Running:",
                subcommands: [
                    DashboardCommand.self, DoctorCommand.self, BenchCommand.self, SettingsCommand.self,
                    VersionCommand.self,
                ]
            ),
        ]
    )
}
