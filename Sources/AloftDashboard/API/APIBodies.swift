import AloftCore
import AloftInsight

/// What a program sends to start an instance.
struct StartBody: Decodable, Sendable {
    struct Signal: Decodable, Sendable {
        var name: String
        var payload: JSONValue?
        var id: String?
    }

    var workflow: String
    var id: String?
    /// The execution: the same in a repeated start, so that it is recognised.
    var execution: String?
    var queue: String?
    var input: JSONValue?
    var memo: [String: String]?
    var startAt: Moment?
    var startAfterMilliseconds: Int64?
    var executionTimeoutMilliseconds: Int64?
    var retentionMilliseconds: Int64?
    /// What to do if the id is that of an open instance, and of one that has finished.
    var ifOpen: String?
    var ifFinished: String?
    var signal: Signal?

    func start(_ hands: Operator) throws -> InstanceStart {
        var moment = StartMoment.now
        if let startAt { moment = .at(startAt.timestamp) }
        if let startAfterMilliseconds {
            guard startAt == nil else {
                throw HTTPProblem.badRequest("give startAt or startAfterMilliseconds, not both")
            }
            moment = .after(.milliseconds(try Self.positive(startAfterMilliseconds, "startAfterMilliseconds")))
        }
        return InstanceStart(
            instance: id.map { InstanceID($0) } ?? .random(),
            execution: execution.map { ExecutionID($0) } ?? .random(),
            workflow: workflow,
            queue: queue.map { TaskQueue($0) } ?? .default,
            input: try hands.payload(input),
            retention: try retentionMilliseconds.map { .milliseconds(try Self.positive($0, "retentionMilliseconds")) },
            moment: moment,
            executionTimeout: try executionTimeoutMilliseconds.map {
                .milliseconds(try Self.positive($0, "executionTimeoutMilliseconds"))
            },
            memo: memo ?? [:],
            conflictPolicy: try conflictPolicy(),
            reusePolicy: try reusePolicy(),
            signal: try signal.map { InitialSignal(name: $0.name, payload: try hands.payload($0.payload), id: $0.id) }
        )
    }

    private func conflictPolicy() throws(HTTPProblem) -> IDConflictPolicy {
        switch ifOpen {
        case nil, "fail": .fail
        case "useExisting": .useExisting
        case "terminateExisting": .terminateExisting
        default: throw .badRequest("ifOpen has to be fail, useExisting or terminateExisting")
        }
    }

    private func reusePolicy() throws(HTTPProblem) -> IDReusePolicy {
        switch ifFinished {
        case nil, "reject": .reject
        case "useExisting": .useExisting
        case "allowIfFailed": .allowIfFailed
        case "allow": .allow
        default: throw .badRequest("ifFinished has to be reject, useExisting, allowIfFailed or allow")
        }
    }

    private static func positive(_ value: Int64, _ name: String) throws(HTTPProblem) -> Int64 {
        guard value >= 0 else { throw .badRequest("\(name) must not be negative") }
        return value
    }
}

struct SignalBody: Decodable, Sendable {
    var name: String
    var payload: JSONValue?
    /// Of all signals to an instance with the same id one arrives.
    var id: String?
}

struct ReasonBody: Decodable, Sendable {
    var reason: String?
}
