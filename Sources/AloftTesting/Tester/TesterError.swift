/// What a ``WorkflowTester`` found wrong: with the test, or with the code that it tests.
///
/// What workflow code throws itself arrives as `WorkflowError`, never as this.
public struct TesterError: Error, CustomStringConvertible {
    public var code: Code
    /// What happened, where, and what to do about it.
    public var message: String
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String { "\(code): \(message)" }

    /// The codes; more may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// The workflow waits for something, and nothing is left that could bring it.
        public static let waitsForEver = Code(description: "waits for ever")
        /// The run takes more virtual time than it may.
        public static let timeLimit = Code(description: "time limit passed")
        /// The run takes more steps than it may.
        public static let stepLimit = Code(description: "step limit passed")
        /// An activity or a workflow is neither mocked nor registered.
        public static let unknownType = Code(description: "unknown type")
        /// A workflow task that workers could not carry out: code that is not deterministic or awaits something foreign,
        /// values that are too large.
        public static let taskFailed = Code(description: "workflow task failed")
        /// A mock was called more often than it has results.
        public static let unexpectedCall = Code(description: "unexpected call")
        /// Something did not happen as often as expected.
        public static let unmetExpectation = Code(description: "expectation not met")
        /// A callback threw.
        public static let callbackFailed = Code(description: "callback failed")
        /// The tester runs already: only one call at a time may move it.
        public static let busy = Code(description: "busy")
        /// The tester has not been told what it needs to know, such as which instance is meant.
        public static let misuse = Code(description: "misuse")
    }
}
