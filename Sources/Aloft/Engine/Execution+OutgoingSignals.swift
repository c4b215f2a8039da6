internal import AloftCore

/// A task that waits to hear what became of a signal to another instance.
struct OutgoingSignal {
    let name: String
    let instance: InstanceID
    let mark: WaitMark
    let continuation: UnsafeContinuation<Void, any Error>
}

extension Execution {
    /// Sends a signal and waits until it is in the other instance's inbox or was refused.
    ///
    /// A cancelled caller goes on waiting: it does not take long, and whether the signal went out must not be a guess.
    func send(
        signal name: String,
        _ payload: Payload,
        type: Any.Type,
        to instance: InstanceID,
        at location: SourceLocation
    ) async throws {
        try await enter()
        try IdentifierRules.check(name, subject: "signal name")
        try instance.validated()
        try admit(payload.bytes.count, of: type, as: "the value of signal \(name)", at: location)
        let command = nextCommand()
        let scheduled = EventBody.SignalScheduled(
            command: command,
            instance: instance,
            name: name,
            payload: payload,
            headers: currentHeaders()
        )
        try produce(.signalScheduled(scheduled), at: location)
        try await withUnsafeThrowingContinuation { continuation in
            outgoingSignals[command] = OutgoingSignal(
                name: name,
                instance: instance,
                mark: markWait(at: location),
                continuation: continuation
            )
        }
    }

    /// - Parameter failure: Why it was refused; `nil`: it was delivered.
    func end(outgoingSignal command: CommandID, _ failure: Failure?) {
        guard let wait = outgoingSignals.removeValue(forKey: command) else { return }
        if let failure {
            let error = SignalError(signal: wait.name, instance: wait.instance, failure: failure)
            wait.continuation.resume(throwing: error)
        } else {
            wait.continuation.resume()
        }
    }
}
