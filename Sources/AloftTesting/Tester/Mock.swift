internal import Aloft
internal import Synchronization

/// What stands in for an activity.
struct ActivityMock: Sendable {
    let blueprint: ActivityBlueprint
    /// The virtual time that an attempt takes.
    let duration: Duration
    /// Whether it is the closure of a ``WorkflowMock``, and no activity to anyone else.
    let isPartOfWorkflow: Bool

    init<Input: Sendable, Output: Sendable>(
        _ name: String,
        takes duration: Duration,
        coder: PayloadCoder,
        at location: String,
        isPartOfWorkflow: Bool = false,
        _ body: @escaping @Sendable (ActivityContext, Input) async throws -> Output
    ) {
        self.duration = duration
        self.isPartOfWorkflow = isPartOfWorkflow
        blueprint = ActivityBlueprint(name: name, typeName: "the mock at \(location)", coder: coder, body)
    }
}

/// What stands in for a sub-workflow: a workflow that waits as long as it is to take and then runs the closure, as an
/// activity of its own.
struct WorkflowMock: Sendable {
    let blueprint: WorkflowBlueprint
    let activity: ActivityMock

    init<Input: Sendable, Output: Sendable>(
        _ name: String,
        takes duration: Duration,
        coder: PayloadCoder,
        at location: String,
        _ body: @escaping @Sendable (Input) async throws -> Output
    ) {
        let activity = ActivityMock(
            "mock of \(name)",
            takes: .zero,
            coder: coder,
            at: location,
            isPartOfWorkflow: true
        ) { _, input in try await body(input) }
        self.activity = activity
        blueprint = WorkflowBlueprint(name: name, typeName: activity.blueprint.typeName, coder: coder) {
            (context: WorkflowContext, input: Input) in
            try await context.sleep(for: duration, name: "duration of the mock")
            let reference = ActivityReference<Input, Output>(activity.blueprint.name)
            return try await context.activity(reference, input, options: ActivityOptions(retry: .none))
        }
    }
}

/// The results of a mock that were given one by one.
final class ResultSequence<Output: Sendable>: Sendable {
    private let results: [Result<Output, any Error>]
    private let subject: String
    private let calls = Mutex(0)

    /// - Parameter subject: What is mocked where, for messages.
    init(_ results: [Result<Output, any Error>], subject: String) {
        self.results = results
        self.subject = subject
    }

    /// - Throws: What the next result is, or ``TesterError`` if there is none.
    func next() throws -> Output {
        let call = calls.withLock { calls in
            calls += 1
            return calls
        }
        guard call <= results.count else {
            throw TesterError(
                .unexpectedCall,
                "\(subject) was given \(results.count) result\(results.count == 1 ? "" : "s") and is called once more; "
                    + "give it more, or mock by a closure"
            )
        }
        return try results[call - 1].get()
    }
}
