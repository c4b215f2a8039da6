internal import AloftCore

extension Execution {
    /// The code returned.
    func finish(returning result: Payload) {
        guard let failure = refusal(ofResult: result.bytes.count) else { return finish(.completed(result)) }
        finish(.failed(failure))
    }

    /// The code threw.
    func finish(throwing error: any Error) {
        if let next = error as? ContinueAsNew { return finish(continuingWith: next) }
        var failure = Failure(error, coder: coder)
        if let details = failure.details, details.bytes.count > limits.payloadBytes { failure.details = nil }
        guard isCancelRequested, error is CancellationError else {
            if failure.kind.tellsOfAnInstance { failure.kind = .thrown }
            return finish(.failed(failure))
        }
        let reason = cancellationReason.isEmpty ? foreseenReason : cancellationReason
        if !reason.isEmpty { failure.message = reason }
        finish(.cancelled(failure))
    }

    private func finish(continuingWith next: ContinueAsNew) {
        guard next.inputType == blueprint.inputType else {
            let failure = Failure(
                type: "\(ContinueAsNew.self)",
                message: "workflow \(blueprint.name) continues as new with a value of type \(next.inputTypeName)"
                    + "\(next.place), but its input is \(blueprint.inputTypeName); pass a value of exactly that type",
                isPermanent: true
            )
            return finish(.failed(failure))
        }
        let started = EventBody.Started(
            workflow: blueprint.name,
            queue: queue,
            input: next.input,
            parent: parent,
            continuedFrom: execution,
            isCancelled: isCancelRequested,
            headers: headers.isEmpty ? currentHeaders() : headers
        )
        // The start does not hold why it was asked to cancel.
        let request: [EventBody] = cancellationReason.isEmpty ? [] : [.cancelRequested(reason: cancellationReason)]
        finish(
            .continuedAsNew(
                Continuation(execution: execution.continuation, started: started, signals: request + unreceivedSignals)
            )
        )
    }

    private func finish(_ completion: Completion) {
        hasEnded = true
        guard case .running = phase, executor.isCurrent else { return }
        do throws(TaskFailure) {
            if try record(completion.event, at: nil) == nil { decisions.completion = completion }
        } catch { return }
        closeRun(completion)
        phase = .finished
    }

    /// Why a result cannot be kept. On a replay the history says whether it could, since limits change.
    private func refusal(ofResult bytes: Int) -> Failure? {
        if matcher.isReplaying {
            guard case .workflowFailed(let failure)? = matcher.next, failure.kind == .limit else { return nil }
            return failure
        }
        guard bytes > limits.payloadBytes else { return nil }
        return Failure(
            kind: .limit,
            type: "\(PayloadError.self)",
            message: "it \(tooLarge(bytes, "the result of workflow \(blueprint.name)"))",
            isPermanent: true
        )
    }
}

extension Failure.Kind {
    /// Whether it says what became of an instance. Passed on by another, it would say so of that one: a parent would take a
    /// sub-workflow that failed since its own sub-workflow could not be started for one that could not be started.
    fileprivate var tellsOfAnInstance: Bool {
        switch self {
        case .cancelled, .terminated, .alreadyExists, .notFound, .finished: true
        default: false
        }
    }
}

extension EventBody {
    /// Whether the store wrote it as the end of an execution: no code decided it.
    var isEndFromOutside: Bool {
        switch self {
        case .workflowTerminated, .workflowTimedOut: true
        default: false
        }
    }
}
