internal import AloftCore

extension Execution {
    /// The stored form of "the value could not be stored", which replays must meet as well.
    static var unencodable: PayloadEncoding { "aloft.unencodable" }

    /// Refuses a value that the store would not take, before a command is made of it.
    ///
    /// The refusal is recorded under the number that the command would have had: a replay meets it again, and takes what was
    /// accepted then, whatever the limit has become.
    /// - Parameters:
    ///   - type: The Swift type of the value.
    ///   - subject: What the value was to be.
    /// - Throws: ``PayloadError``.
    func admit(
        _ bytes: Int,
        of type: Any.Type,
        as subject: @autoclosure () -> String,
        at location: SourceLocation
    ) throws {
        let refused: Payload
        if matcher.isReplaying {
            guard case .sideEffectRecorded(let command, let recorded)? = matcher.next,
                command.number == lastCommand + 1, recorded.encoding == Self.unencodable
            else { return }
            refused = recorded
        } else {
            guard bytes > limits.payloadBytes else { return }
            refused = refusal(PayloadError(type: "\(type)", message: tooLarge(bytes, subject())))
        }
        try produce(.sideEffectRecorded(nextCommand(), refused), at: location)
        throw error(of: refused)
    }

    /// The stored form of a refusal: the type, and on the next line what is wrong.
    func refusal(_ error: PayloadError) -> Payload {
        let limit = min(limits.payloadBytes, Failure.maximumMessageBytes)
        return Payload(bytes: Array("\(error.type)\n\(error.message)".utf8.prefix(limit)), encoding: Self.unencodable)
    }

    func error(of refusal: Payload) -> PayloadError {
        let text = String(decoding: refusal.bytes, as: UTF8.self)
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return PayloadError(type: String(parts.first ?? ""), message: String(parts.last ?? ""))
    }

    func tooLarge(_ bytes: Int, _ subject: String) -> String {
        "has \(bytes) bytes as \(subject), the store takes at most \(limits.payloadBytes); pass something that refers to it, "
            + "such as a file name or a key, or raise the limit of the store"
    }
}
