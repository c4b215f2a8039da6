extension ByteWriter {
    /// The encodings that nearly every payload has take one byte; others are spelled out.
    mutating func write(_ payload: Payload) {
        switch payload.encoding {
        case .none: write(byte: 0)
        case .json: write(byte: 1)
        default:
            write(byte: 255)
            write(payload.encoding.rawValue)
        }
        write(bytes: payload.bytes)
    }

    mutating func write(_ failure: Failure) {
        write(byte: failure.kind.rawValue)
        let flags: UInt8 =
            (failure.isPermanent ? 1 : 0) | (failure.details != nil ? 2 : 0) | (failure.backtrace != nil ? 4 : 0)
        write(byte: flags)
        write(failure.type)
        write(failure.message)
        if let details = failure.details { write(details) }
        if let backtrace = failure.backtrace { write(backtrace) }
        write(count: failure.causes.count)
        for cause in failure.causes {
            write(cause.type)
            write(cause.message)
        }
    }

    mutating func write(_ retry: RetryPolicy) {
        guard retry != .default else {
            write(byte: 0)
            return
        }
        write(byte: 1)
        write(count: retry.maximumAttempts)
        write(signed: retry.initialInterval.wholeMilliseconds)
        write(retry.backoffCoefficient)
        write(signed: retry.maximumInterval.wholeMilliseconds)
        write(retry.jitter)
        write(count: retry.nonRetryableTypes.count)
        for type in retry.nonRetryableTypes { write(type) }
    }
}

extension ByteReader {
    mutating func readCommand() throws(EventCodingError) -> CommandID { CommandID(try readCount()) }

    mutating func readPayload() throws(EventCodingError) -> Payload {
        let encoding: PayloadEncoding
        switch try readByte() {
        case 0: encoding = .none
        case 1: encoding = .json
        case 255: encoding = PayloadEncoding(rawValue: try readString())
        case let other: throw .malformed("a payload of encoding number \(other)")
        }
        return Payload(bytes: Array(try readBytes()), encoding: encoding)
    }

    mutating func readFailure() throws(EventCodingError) -> Failure {
        let kind = Failure.Kind(rawValue: try readByte())
        let flags = try readByte()
        let type = try readString()
        let message = try readString()
        let details = flags & 2 != 0 ? try readPayload() : nil
        let backtrace = flags & 4 != 0 ? try readString() : nil
        var causes: [Failure.Cause] = []
        // Each cause takes at least two bytes, so a forged count runs into the end, not into memory.
        for _ in 0..<(try readCount()) {
            causes.append(Failure.Cause(type: try readString(), message: try readString()))
        }
        return Failure(
            kind: kind,
            type: type,
            message: message,
            details: details,
            isPermanent: flags & 1 != 0,
            causes: causes,
            backtrace: backtrace
        )
    }

    mutating func readRetryPolicy() throws(EventCodingError) -> RetryPolicy {
        guard try readByte() != 0 else { return .default }
        var policy = RetryPolicy(
            maximumAttempts: try readCount(),
            initialInterval: .milliseconds(try readSigned()),
            backoffCoefficient: try readDouble(),
            maximumInterval: .milliseconds(try readSigned()),
            jitter: try readDouble()
        )
        for _ in 0..<(try readCount()) { policy.nonRetryableTypes.append(try readString()) }
        return policy
    }
}
