internal import AloftCore
internal import AloftInsight
internal import ArgumentParser

/// `aloft result`
struct ResultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "result",
        abstract: "Waits for the end of an instance and prints its result, as JSON.",
        discussion: """
            Ends with 1 if the instance did not complete, and tells its error on standard error; with 75 if it has not ended \
            within --timeout.
            """
    )

    @Argument(help: "Its id.")
    var id: String

    @Option(help: ArgumentHelp("How long to wait: 0s to ask only, 30s, 5m. Default: for ever.", valueName: "duration"))
    var timeout: DurationArgument?

    @OptionGroup var output: OutputOptions
    @OptionGroup(title: "Where") var store: StoreOptions

    func run() async throws {
        try await store.withSession(shownBytes: .max) { session in
            let instance = try InstanceID(id).validated()
            try await session.tellEnd(of: instance, within: timeout?.duration, asJSON: output.json)
        }
    }
}

extension Session {
    /// Waits for the end of an instance and tells its result.
    ///
    /// - Throws: `ExitCode.notWell` if it did not complete; ``Refusal`` if it has not ended in time.
    func tellEnd(of instance: InstanceID, within limit: Duration?, asJSON: Bool) async throws {
        guard let completion = try await insight.completion(of: instance, within: limit) else {
            if asJSON { try Console.say("result", json: ResultView(status: .running)) }
            throw Refusal(.tryAgain, "instance \(instance) has not ended yet; look at it with \"aloft show\"")
        }
        let result = ResultView(completion, reader: insight.reader)
        if asJSON {
            try Console.say("result", json: result)
        } else if let payload = result.result, !payload.isEmpty {
            Console.write(try PayloadText.document(payload) + "\n")
        }
        guard completion.status != .completed else { return }
        if !asJSON, let failure = result.failure {
            Console.complain("instance \(instance) \(completion.status): \(failure.summary)")
            for cause in failure.causes { Console.complain("caused by \(cause.type): \(cause.message)") }
        }
        throw ExitCode.notWell
    }
}
