import AloftCore

/// The outcome of an activity whose workers died, in the pieces between which `takeover.lua` writes its command and the
/// message.
struct CrashOutcome {
    let beforeCommand: [UInt8]
    let beforeMessage: [UInt8]
    /// The same if a backtrace follows the message.
    let beforeMessageAndBacktrace: [UInt8]
    let end: [UInt8]

    static let pieces: CrashOutcome = {
        var failure = Failure(kind: .crash, type: "CrashError", message: "")
        let bytes = EventBody.activityFailed(CommandID(0), failure).encoded
        failure.backtrace = ""
        let longer = EventBody.activityFailed(CommandID(0), failure).encoded
        // Format and kind take a byte each, and so do the command 0, the length 0 of the message, that of the backtrace, and the
        // number 0 of causes at the end.
        return CrashOutcome(
            beforeCommand: Array(bytes.prefix(2)),
            beforeMessage: Array(bytes.dropFirst(3).dropLast(2)),
            beforeMessageAndBacktrace: Array(longer.dropFirst(3).dropLast(3)),
            end: Array(bytes.suffix(1))
        )
    }()
}
