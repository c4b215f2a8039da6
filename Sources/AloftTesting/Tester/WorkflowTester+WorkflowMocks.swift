public import Aloft

// Mocks of sub-workflows. One of the same name replaces the one before. An instance that the test itself starts runs the
// real code all the same.
extension WorkflowTester {
    /// Runs a closure in place of a sub-workflow.
    ///
    /// What it throws fails the sub-workflow; it is not retried.
    /// - Parameter duration: The virtual time that it takes; the closure is called at its end. A sub-workflow that is
    ///   cancelled before ends as cancelled.
    public func mock<W: Workflow>(
        _ type: W.Type,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (W.Input) async throws -> W.Output
    ) {
        mock(WorkflowReference(type), takes: duration, fileID: fileID, line: line, body)
    }

    /// Runs a closure in place of a sub-workflow that takes no input.
    public func mock<W: Workflow>(
        _ type: W.Type,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> W.Output
    ) where W.Input == Void {
        mock(WorkflowReference<Void, W.Output>(W.name), takes: duration, fileID: fileID, line: line, body)
    }

    /// Lets a sub-workflow return or throw these, one for each time that it is started. Once more is an error.
    public func mock<W: Workflow>(
        _ type: W.Type,
        takes duration: Duration = .zero,
        results: Result<W.Output, any Error>...,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) {
        add(WorkflowReference(type), takes: duration, results, "\(fileID):\(line)")
    }

    /// Runs a closure in place of a sub-workflow that is known by name and types.
    public func mock<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Input) async throws -> Output
    ) {
        add(reference, takes: duration, "\(fileID):\(line)", body)
    }

    /// Runs a closure in place of a sub-workflow that is known by name and takes no input.
    public func mock<Output>(
        _ reference: WorkflowReference<Void, Output>,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Output
    ) {
        add(reference, takes: duration, "\(fileID):\(line)") { (_: Void) in try await body() }
    }

    /// Lets a sub-workflow that is known by name and types return or throw these, one for each time that it is started.
    public func mock<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        takes duration: Duration = .zero,
        results: Result<Output, any Error>...,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) {
        add(reference, takes: duration, results, "\(fileID):\(line)")
    }

    private func add<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        takes duration: Duration,
        _ results: [Result<Output, any Error>],
        _ location: String
    ) {
        let sequence = ResultSequence(results, subject: "the mock of workflow \(reference.name) at \(location)")
        add(reference, takes: duration, location) { (_: Input) in try sequence.next() }
    }

    private func add<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        takes duration: Duration,
        _ location: String,
        _ body: @escaping @Sendable (Input) async throws -> Output
    ) {
        let mock = WorkflowMock(reference.name, takes: duration, coder: coder, at: location, body)
        withState { state in
            state.workflowMocks[reference.name] = mock
            state.activityMocks[mock.activity.blueprint.name] = mock.activity
        }
    }
}
