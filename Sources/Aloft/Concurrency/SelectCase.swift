internal import AloftCore

/// One of the things that `context.select` chooses from, and what to do when it is the one.
///
/// The handler runs in the task that called `select`; it may wait and throw, and what it returns is the result.
public struct SelectCase<Output> {
    typealias Action = () async throws -> Output
    /// Ends a `select` with the case that happened.
    typealias Win = (@escaping Action) -> Void

    let kind: Kind

    enum Kind {
        /// Chosen when nothing else is ready.
        case fallback(Action)
        case source(Source)
    }

    struct Source {
        /// The kind of thing, for the error about one of another execution.
        let object: StaticString
        /// Whose thing it is; `nil` if it belongs to whoever selects.
        let owner: Execution?
        /// What it waits for, in words.
        let subject: () -> WaitSubject
        /// Takes what is there: the case has happened if it returns something or throws.
        let attempt: (Execution) throws -> Action?
        /// Waits for it to happen. Returns what ends the wait early, which leaves no trace.
        let join: (Execution, @escaping Win) -> () -> Void
    }
}
