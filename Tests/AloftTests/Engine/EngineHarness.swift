import AloftCore
import Logging
import Testing

@testable import Aloft

/// Drives one execution by hand: feeds inputs, keeps the history, and replays it from cold.
final class EngineHarness {
    let blueprint: WorkflowBlueprint
    private(set) var execution: Execution
    private(set) var history: [Event] = []
    private var clock: Int64 = 1_000
    static let executionID: ExecutionID = "execution-1"

    init<W: Workflow>(_ type: W.Type) {
        blueprint = WorkflowBlueprint(type, coder: PayloadCoder())
        execution = Self.makeExecution(blueprint)
    }

    static func makeExecution(_ blueprint: WorkflowBlueprint) -> Execution {
        Execution(
            blueprint: blueprint,
            instance: "instance-1",
            execution: executionID,
            coder: PayloadCoder(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Feeds inputs together, at a time that advances by `milliseconds` first.
    @discardableResult
    func feed(_ inputs: EventBody..., after milliseconds: Int64 = 1) throws -> Decisions {
        clock += milliseconds
        let delivered = inputs.map { DeliveredInput(timestamp: Timestamp(milliseconds: clock), body: $0) }
        let decisions = try execution.apply(delivered)
        history.append(contentsOf: decisions.events)
        return decisions
    }

    @discardableResult
    func start<Input>(_ input: Input) throws -> Decisions {
        let payload = try PayloadCoder().encode(input)
        return try feed(.started(.init(workflow: blueprint.name, queue: .default, input: payload)))
    }

    @discardableResult
    func start() throws -> Decisions { try start(()) }

    /// Puts away the execution and goes on with one that is rebuilt from the history.
    func restart() throws {
        #expect(execution.evict())
        execution = Self.makeExecution(blueprint)
        try execution.replay(history)
    }

    deinit { execution.evict() }
}

/// The payload of a value.
func payload<Value>(_ value: Value) throws -> Payload { try PayloadCoder().encode(value) }

extension Completion {
    /// The result of a completed workflow.
    func value<Value>(_ type: Value.Type = Value.self) throws -> Value {
        guard case .completed(let payload) = self else { throw FailedCompletion(completion: self) }
        return try PayloadCoder().decode(type, from: payload)
    }

    var failure: Failure? {
        switch self {
        case .completed: nil
        case .failed(let failure), .cancelled(let failure): failure
        }
    }
}

struct FailedCompletion: Error { let completion: Completion }
