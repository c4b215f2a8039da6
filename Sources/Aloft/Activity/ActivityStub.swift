public import AloftCore

/// The typed calls of an ``ActivityContainer``: a method for each activity, with its parameters and its result.
///
/// It is made for one workflow context and one set of options, and used in that context only.
public protocol ActivityStub: Sendable {
    init(_ caller: ActivityCaller)
}

/// Runs activities for an ``ActivityStub``.
public struct ActivityCaller: Sendable {
    private let context: WorkflowContext
    private let options: ActivityOptions

    init(context: WorkflowContext, options: ActivityOptions) {
        self.context = context
        self.options = options
    }

    /// Runs an activity and returns its result, as ``WorkflowContext`` does for one that is known by name and types.
    ///
    /// Messages about it say where the workflow's call is, by `fileID` and `line`.
    public func call<Input, Output>(
        _ reference: ActivityReference<Input, Output>,
        _ input: Input,
        fileID: StaticString,
        line: UInt
    ) async throws -> Output {
        try await context.activity(reference, input, options: options, fileID: fileID, line: line)
    }
}
