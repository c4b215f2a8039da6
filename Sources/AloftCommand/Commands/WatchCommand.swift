internal import AloftCore
internal import AloftInsight
internal import ArgumentParser

/// `aloft watch`
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follows an instance until it ends, or the list of instances.",
        discussion: """
            On a terminal what "aloft show" or "aloft list" tell, again and again; elsewhere the events of the instance as they \
            come. Ends when the instance does: with 1 if it did not complete. A list is followed until Ctrl-C.
            """
    )

    @Argument(help: "The instance. Without it: the list.")
    var id: String?

    @OptionGroup(title: "Which") var which: FilterOptions

    @Option(help: ArgumentHelp("How often to look.", valueName: "duration"))
    var interval = DurationArgument(.seconds(1))

    @OptionGroup(title: "Where") var store: StoreOptions

    func validate() throws {
        guard interval.duration >= .milliseconds(50) else { throw ValidationError("--interval has to be 50ms or more") }
        guard id == nil || which.isEmpty else { throw ValidationError("name an instance or give conditions, not both") }
    }

    func run() async throws {
        try await store.withSession { session in
            let watcher = Watcher(session: session, interval: interval.duration)
            guard let id else { return try await watcher.follow(which) }
            let instance = try InstanceID(id).validated()
            if Terminal.output.isInteractive {
                try await watcher.show(instance)
            } else {
                try await watcher.tell(instance)
            }
        }
    }
}

/// Looks again and again.
struct Watcher: Sendable {
    let session: Session
    let interval: Duration

    /// Draws the report of an instance until it has ended.
    ///
    /// - Throws: `ExitCode.notWell` if it did not complete.
    func show(_ instance: InstanceID) async throws {
        var screen = Screen()
        while true {
            let report = try await session.insight.report(of: instance)
            screen.draw(InstanceText.report(report, isBrief: true, Terminal.output))
            guard report.instance.isOpen else { return try end(report.instance.status) }
            try await Task.sleep(for: interval)
        }
    }

    /// Tells the events of an instance as they come, and those of the executions that continue it.
    ///
    /// - Throws: `ExitCode.notWell` if it did not complete.
    func tell(_ instance: InstanceID) async throws {
        var state = try await session.insight.state(of: instance)
        var text = HistoryText()
        while true {
            var reader = HistoryReader(session.insight, instance, state.execution)
            let execution = state.execution
            while state.execution == execution {
                let isOver = state.status.isFinished
                try await tellAll(&reader, &text)
                if isOver {
                    Console.say(
                        Styled("\(instance) \(state.status)", InstanceText.tint(ofStatus: state.status.rawValue))
                    )
                    return try end(state.status.rawValue)
                }
                try await Task.sleep(for: interval)
                state = try await session.insight.state(of: instance)
            }
        }
    }

    private func tellAll(_ reader: inout HistoryReader, _ text: inout HistoryText) async throws {
        do {
            while true {
                let events = try await reader.next(limit: 500)
                guard !events.isEmpty else { return }
                Console.say(text.lines(events, .output))
            }
        } catch let error as StoreError where error.code == .instanceNotFound {
            // It has continued as new, and what was before is not kept.
        }
    }

    /// Draws the list until somebody stops it.
    func follow(_ which: FilterOptions) async throws {
        var screen = Screen()
        while true {
            let terminal = Terminal.output
            let list = try await session.list(
                matching: which.filter(now: session.store.now),
                after: nil,
                limit: screen.room - 3
            )
            let counts = try await session.insight.counts()
            let lines =
                [FleetText.counts(counts), ""] + InstanceText.list(list.instances, now: session.store.now, terminal)
            screen.draw(lines)
            guard terminal.isInteractive else { return }
            try await Task.sleep(for: interval)
        }
    }

    private func end(_ status: String) throws {
        if status != InstanceStatus.completed.rawValue { throw ExitCode.notWell }
    }
}
