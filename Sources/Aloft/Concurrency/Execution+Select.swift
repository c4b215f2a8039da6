internal import AloftCore

extension Execution {
    /// The case that ended a `select`.
    private final class Winner<Output> {
        var action: SelectCase<Output>.Action?
    }

    /// Lets exactly one case happen: the first that is ready, otherwise the first that becomes so.
    func select<Output>(_ cases: [SelectCase<Output>], at location: SourceLocation?) async throws -> Output {
        var sources: [SelectCase<Output>.Source] = []
        var fallback: SelectCase<Output>.Action?
        for one in cases {
            switch one.kind {
            case .source(let source): sources.append(source)
            case .fallback(let action): fallback = fallback ?? action
            }
        }
        for source in sources {
            if let owner = source.owner, owner !== self { throw MisuseError.otherExecution(source.object) }
        }
        try await enter(for: sources.first?.object ?? "select")

        for source in sources { if let action = try source.attempt(self) { return try await action() } }
        if let fallback { return try await fallback() }
        return try await wait(for: sources, at: location)
    }

    private func wait<Output>(
        for sources: [SelectCase<Output>.Source],
        at location: SourceLocation?
    ) async throws -> Output {
        let winner = Winner<Output>()
        let subject = {
            guard sources.count != 1 else { return sources[0].subject() }
            return .other(sources.map { $0.subject().text }.joined(separator: " or "))
        }
        try await suspend(for: subject, at: location) { ticket in
            let leaves = sources.map { source in
                source.join(self) { action in
                    winner.action = action
                    self.wake(ticket)
                }
            }
            return { for leave in leaves { leave() } }
        }
        // Nobody else ends the wait without an error.
        guard let action = winner.action else { throw ExecutionHalted() }
        return try await action()
    }
}
