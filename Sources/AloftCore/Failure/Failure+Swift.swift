/// An error that carries a ``Failure``, so that passing it on loses nothing.
public protocol FailureConvertible: Error {
    var failure: Failure { get }
}

/// Throw this from an activity, or wrap an error in it, when trying again cannot help.
public struct PermanentError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public let underlying: any Error

    public init(_ underlying: any Error) { self.underlying = underlying }
    public init(_ message: String) { self.underlying = MessageError(message: message) }

    public var description: String { "\(underlying)" }

    private struct MessageError: Error, CustomStringConvertible {
        let message: String
        var description: String { message }
    }
}

/// Implemented by errors that have a cause worth keeping.
public protocol CausedError: Error {
    /// What led to this error.
    var cause: (any Error)? { get }
}

extension Failure {
    /// Longer texts are cut: a message is for people, and histories are kept in memory.
    package static let maximumMessageBytes = 4096
    package static let maximumCauses = 16
    package static let maximumTypeBytes = 255
    package static let maximumDetailsBytes = 64 * 1024
    package static let maximumBacktraceBytes = 64 * 1024

    /// The stored form of a Swift error.
    ///
    /// - Parameters:
    ///   - error: Any error. A ``PermanentError`` at any depth of the cause chain makes the failure permanent.
    ///   - coder: Encodes the error itself where it is `Codable`; failing to encode loses only the details. With a codec, the
    ///     message of an error that does not describe itself is its type, or the name of its case, without the values.
    public init(_ error: any Error, coder: PayloadCoder) {
        if let convertible = error as? any FailureConvertible {
            self = convertible.failure.bounded
            return
        }
        if let permanent = error as? PermanentError {
            self = Failure(permanent.underlying, coder: coder)
            if !(permanent.underlying is any Codable), self.type == "MessageError" { self.type = "PermanentError" }
            self.isPermanent = true
            return
        }
        var causes: [Cause] = []
        var isPermanent = false
        var next = (error as? any CausedError)?.cause
        while let current = next, causes.count < Self.maximumCauses {
            if let permanent = current as? PermanentError {
                isPermanent = true
                next = permanent.underlying
                continue
            }
            if let convertible = current as? any FailureConvertible {
                let failure = convertible.failure
                isPermanent = isPermanent || failure.isPermanent
                causes.append(Cause(type: failure.type, message: failure.message))
                causes.append(contentsOf: failure.causes.prefix(Self.maximumCauses - causes.count))
                break
            }
            causes.append(Cause(type: "\(Swift.type(of: current))", message: Self.text(of: current, coder: coder)))
            next = (current as? any CausedError)?.cause
        }
        let isCancellation = error is CancellationError
        let details = (error as? any Codable).flatMap { Self.encode($0, coder: coder) }
        self.init(
            kind: isCancellation ? .cancelled : .thrown,
            type: "\(Swift.type(of: error))",
            message: Self.text(of: error, coder: coder),
            details: details,
            isPermanent: isPermanent,
            causes: causes
        )
        self = bounded
    }

    private static func encode<Value: Codable>(_ value: Value, coder: PayloadCoder) -> Payload? {
        // Errors that do not encode, or are too large to keep, still arrive by type and message.
        (try? coder.encode(value)).flatMap { $0.bytes.count <= maximumDetailsBytes ? $0 : nil }
    }

    /// What an error says. Swift describes one that says nothing by all its values; those are what a codec is to hide.
    private static func text(of error: any Error, coder: PayloadCoder) -> String {
        // As `Any`: of an error the compiler believes that it always describes itself.
        let value: Any = error
        let isSilent = !(value is any CustomStringConvertible || value is any CustomDebugStringConvertible)
        guard coder.codec != nil, isSilent else { return String(describing: error).cut(to: maximumMessageBytes) }
        let values = Mirror(reflecting: error)
        if values.children.isEmpty { return String(describing: error).cut(to: maximumMessageBytes) }
        // Of a case with values, its name.
        let name = values.displayStyle == .enum ? values.children.first?.label : nil
        return (name ?? "\(Swift.type(of: error))").cut(to: maximumMessageBytes)
    }
}
