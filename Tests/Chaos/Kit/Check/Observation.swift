package import Aloft

/// What the store says of an instance at the end.
package struct Observation: Hashable, Sendable {
    package var status: InstanceStatus
    package var execution: ExecutionID
    /// Of its last execution.
    package var history: [Event]

    package init(status: InstanceStatus, execution: ExecutionID, history: [Event]) {
        self.status = status
        self.execution = execution
        self.history = history
    }

    /// How it ended; `nil` if it has not, or in a way that no job ends in.
    package var outcome: Outcome? { history.last.flatMap { Completion($0.body) }.flatMap { Outcome($0) } }
}

extension Outcome {
    /// `nil` if the result is no number.
    package init?(_ completion: Completion) {
        switch completion {
        case .completed(let payload):
            guard let number = try? PayloadCoder().decode(Int.self, from: payload) else { return nil }
            self = .completed(number)
        case .failed(let failure): self = .failed(failure.message)
        case .cancelled: self = .cancelled
        case .terminated: self = .terminated
        case .timedOut: self = .timedOut
        case .continuedAsNew: return nil
        }
    }

    /// As a client that awaits an instance catches it.
    package init?(_ error: WorkflowError) {
        switch error.status {
        case .failed: self = .failed(error.message)
        case .cancelled: self = .cancelled
        case .terminated: self = .terminated
        case .timedOut: self = .timedOut
        default: return nil
        }
    }
}
