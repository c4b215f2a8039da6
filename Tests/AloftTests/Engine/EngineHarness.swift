import Aloft
import Logging
import Synchronization
import Testing

/// Drives one execution by hand: feeds inputs, keeps the history, and replays it from cold.
final class EngineHarness {
    private(set) var blueprint: WorkflowBlueprint
    private(set) var execution: Execution
    private(set) var history: [Event] = []
    private(set) var clock: Int64 = 1_000
    /// What the workflow noted by ``Probe``.
    let journal = Journal<String>()
    /// Called when a task came back from elsewhere.
    private let onForeignJob: @Sendable () -> Void
    private let logger: Logger
    private let telemetry: Telemetry
    /// What the store takes; counts from the next restart on.
    var limits: StoreLimits

    init<W: Workflow>(
        _ type: W.Type,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        limits: StoreLimits = StoreLimits(),
        telemetry: Telemetry = .off,
        onForeignJob: @escaping @Sendable () -> Void = {}
    ) {
        self.limits = limits
        self.logger = logger
        self.telemetry = telemetry
        self.onForeignJob = onForeignJob
        blueprint = WorkflowBlueprint(type, coder: PayloadCoder())
        execution = Self.makeExecution(blueprint, logger, limits, telemetry, onForeignJob)
    }

    private static func makeExecution(
        _ blueprint: WorkflowBlueprint,
        _ logger: Logger,
        _ limits: StoreLimits,
        _ telemetry: Telemetry,
        _ onForeignJob: @escaping @Sendable () -> Void
    ) -> Execution {
        Execution(
            blueprint: blueprint,
            instance: "instance-1",
            execution: "execution-1",
            coder: PayloadCoder(),
            logger: logger,
            limits: limits,
            telemetry: telemetry,
            onForeignJob: onForeignJob
        )
    }

    /// Another execution of the same code, which knows nothing yet.
    func copy() -> Execution { Self.makeExecution(blueprint, logger, limits, telemetry, {}) }

    /// Feeds inputs together, at a time that advances by `milliseconds` first.
    @discardableResult
    func feed(_ inputs: EventBody..., after milliseconds: Int64 = 1) throws -> Decisions {
        clock += milliseconds
        return try feed(inputs.map { DeliveredInput(timestamp: Timestamp(milliseconds: clock), body: $0) })
    }

    @discardableResult
    func feed(_ inputs: [DeliveredInput]) throws -> Decisions {
        let decisions = try Probe.$current.withValue(journal) { try execution.apply(inputs) }
        history.append(contentsOf: decisions.events)
        return decisions
    }

    /// The first input of an instance.
    func startInput<Input>(_ input: Input) throws -> EventBody {
        .started(.init(workflow: blueprint.name, queue: .default, input: try payload(input)))
    }

    @discardableResult
    func start<Input>(_ input: Input) throws -> Decisions { try feed(startInput(input)) }

    @discardableResult
    func start() throws -> Decisions { try start(()) }

    /// Puts away the execution and goes on with one that is rebuilt from the history.
    func restart() throws {
        #expect(evict())
        execution = Self.makeExecution(blueprint, logger, limits, telemetry, onForeignJob)
        try Probe.$current.withValue(journal) { try execution.replay(history) }
    }

    /// Rebuilds the execution from every prefix of the history that a transition may have ended with, and unloads it.
    func checkReplays() throws {
        for end in history.indices.dropFirst().map({ $0 }) + [history.endIndex] {
            guard end == history.endIndex || history[end].body.isInput else { continue }
            let prefix = Array(history[..<end])
            let cold = copy()
            try Probe.$current.withValue(nil) { try cold.replay(prefix) }
            #expect(cold.historyLength == end)
            #expect(cold.isFinished == (prefix.last.map(Self.isEnd) ?? false))
            #expect(cold.evict())
        }
        #expect(try EventBatch.decode(EventBatch.encode(history)) == history)
    }

    private static func isEnd(_ event: Event) -> Bool {
        if case .continuedAsNew = event.body { true } else { Completion(event.body) != nil }
    }

    /// Puts away the execution and goes on with other code.
    func deploy<W: Workflow>(_ type: W.Type) throws {
        blueprint = WorkflowBlueprint(type, coder: PayloadCoder())
        try restart()
    }

    /// Unloads the execution. - Returns: Whether its code came to an end.
    @discardableResult
    func evict() -> Bool { Probe.$current.withValue(journal) { execution.evict() } }

    /// How the workflow ended.
    var completion: Completion? { history.last.flatMap { Completion($0.body) } }

    /// The history in words, without inputs and results.
    var summaries: [String] { history.map { "\($0.number) \($0.body.summary)" } }

    deinit { execution.evict() }
}

/// The payload of a value.
func payload<Value>(_ value: Value) throws -> Payload { try PayloadCoder().encode(value) }

extension EventBody {
    static func completed<Value>(_ command: Int, _ value: Value) throws -> EventBody {
        .activityCompleted(CommandID(command), try payload(value))
    }

    static func failed(_ command: Int, _ error: any Error) -> EventBody {
        .activityFailed(CommandID(command), Failure(error, coder: PayloadCoder()))
    }

    static func fired(_ command: Int) -> EventBody { .timerFired(CommandID(command)) }

    static func signal<Value>(_ signal: Signal<Value>, _ value: Value) throws -> EventBody {
        .signalReceived(name: signal.name, try payload(value))
    }

    static var cancel: EventBody { .cancelRequested(reason: "") }
}

extension Completion {
    /// The result of a completed workflow.
    func value<Value>(_ type: Value.Type = Value.self) throws -> Value {
        guard case .completed(let payload) = self else { throw FailedCompletion(completion: self) }
        return try PayloadCoder().decode(type, from: payload)
    }

    var failure: Failure? {
        switch self {
        case .completed, .continuedAsNew: nil
        case .failed(let failure), .cancelled(let failure), .terminated(let failure), .timedOut(let failure): failure
        }
    }
}

struct FailedCompletion: Error { let completion: Completion }

/// Takes notes from any thread.
final class Journal<Entry: Sendable>: Sendable {
    private let state = Mutex<[Entry]>([])

    var entries: [Entry] { state.withLock { $0 } }
    func note(_ entry: Entry) { state.withLock { $0.append(entry) } }
    func clear() { state.withLock { $0 = [] } }
}

/// A variable that several tasks share.
final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func update<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
        state.withLock { value in change(&value) }
    }
}

/// Lets workflow code, of which the engine takes only the type, write into the journal of the harness that drives it.
enum Probe {
    @TaskLocal static var current: Journal<String>?

    static func note(_ text: String) { current?.note(text) }
}

/// The failure that an engine call is to throw.
func taskFailure<Value>(_ call: () throws -> Value) throws -> TaskFailure {
    try #require(#expect(throws: TaskFailure.self) { _ = try call() })
}

/// Activities of tests; nobody runs them.
enum Reference {
    static let double = ActivityReference<Int, Int>("double")
    static let work = ActivityReference<String, Void>("work")
}

enum Signals {
    static let number = Signal<Int>("number")
    static let text = Signal<String>("text")
}
