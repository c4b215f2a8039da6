import AloftCore

/// The outcome of an activity whose workers died, in the pieces between which `takeover.lua` writes its command and the
/// message.
struct CrashOutcome {
    let beforeCommand: [UInt8]
    let beforeMessage: [UInt8]
    let end: [UInt8]

    static let pieces: CrashOutcome = {
        let failure = Failure(kind: .crash, type: "CrashError", message: "")
        let bytes = EventBody.activityFailed(CommandID(0), failure).encoded
        // Format and kind take a byte each, and so do the command 0, the length 0 of the message, and the number 0 of
        // causes at the end.
        return CrashOutcome(
            beforeCommand: Array(bytes.prefix(2)),
            beforeMessage: Array(bytes.dropFirst(3).dropLast(2)),
            end: Array(bytes.suffix(1))
        )
    }()
}
