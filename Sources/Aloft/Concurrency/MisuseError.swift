/// Futures, channels, wait groups or `select` were used in a way that can never work. A fault of the workflow's code.
public struct MisuseError: Error, Hashable, Sendable, CustomStringConvertible {
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        /// A `select` without a case: it would wait for ever.
        public static let emptySelect = Kind(description: "emptySelect")
        /// ``WaitGroup/done(fileID:line:)`` was called more often than ``WaitGroup/add(_:fileID:line:)`` had counted.
        public static let negativeWaitGroup = Kind(description: "negativeWaitGroup")
        /// The object was made by another execution, perhaps of the same instance.
        public static let otherExecution = Kind(description: "otherExecution")

        public let description: String
    }

    public let kind: Kind
    public let message: String

    public var description: String { message }

    static func emptySelect(at location: SourceLocation) -> MisuseError {
        MisuseError(
            kind: .emptySelect,
            message: "select at \(location.text) has no case and would wait for ever; give it one, or .default"
        )
    }

    static func negativeWaitGroup(at location: SourceLocation) -> MisuseError {
        MisuseError(
            kind: .negativeWaitGroup,
            message: "the count of a wait group went below zero at \(location.text); count with add() before each "
                + "part starts, and call done() once for it"
        )
    }

    static func otherExecution(_ object: StaticString) -> MisuseError {
        MisuseError(
            kind: .otherExecution,
            message: "the \(object) belongs to another execution; make one from the context of the workflow that uses it, "
                + "and send a signal to talk to another workflow"
        )
    }
}
