internal import AloftCore

extension Execution {
    /// Makes the error that continues the instance as new, or tells by another why it cannot be.
    func continuation<Input>(with input: Input, at location: SourceLocation) -> any Error {
        guard executor.isCurrent else {
            executor.reportForeignJob()
            return OutsideCall()
        }
        guard case .running = phase else { return ExecutionHalted() }
        do {
            let payload = try coder.encode(input)
            try admit(payload.bytes.count, of: Input.self, as: "the input to continue with", at: location)
            // A number of its own, as a refusal has: otherwise a replay would take a refusal that follows for that of this call.
            _ = nextCommand()
            return ContinueAsNew(
                input: payload,
                inputType: ObjectIdentifier(Input.self),
                inputTypeName: "\(Input.self)",
                place: " at \(location.text)"
            )
        } catch {
            return error
        }
    }
}
