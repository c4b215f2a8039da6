internal import ArgumentParser

/// The command line: looks into a fleet and steers it, over the Redis that it works on.
@main
struct AloftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aloft",
        abstract: "Looks into durable workflows on Redis, and mends them.",
        discussion: """
            Ends with 0 if all is well, 1 if there is something to see to, 2 if Redis cannot be used, 64 if the command line \
            is wrong.
            """,
        subcommands: [DoctorCommand.self]
    )
}

extension ExitCode {
    /// The command did its work, and there is something to see to.
    static let findings = ExitCode(1)
    /// Redis cannot be reached, or what is there cannot be used.
    static let unusable = ExitCode(2)
}
