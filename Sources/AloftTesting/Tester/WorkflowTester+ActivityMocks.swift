public import Aloft

// Mocks of activities. One of the same name replaces the one before; an activity that is registered is not run then.
extension WorkflowTester {
    /// Runs a closure in place of an activity.
    ///
    /// What it throws is retried by the policy of the caller, in virtual time.
    /// - Parameter duration: The virtual time that an attempt takes. The closure is called when the attempt begins; if this
    ///   is longer than the start-to-close timeout of the activity, the attempt ends by that instead.
    public func mock<A: Activity>(
        _ type: A.Type,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (A.Input) async throws -> A.Output
    ) {
        mock(ActivityReference(type), takes: duration, fileID: fileID, line: line, body)
    }

    /// Runs a closure in place of an activity that takes no input.
    public func mock<A: Activity>(
        _ type: A.Type,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> A.Output
    ) where A.Input == Void {
        mock(ActivityReference(type), takes: duration, fileID: fileID, line: line) { (_: ActivityContext, _: Void) in
            try await body()
        }
    }

    /// Runs a closure in place of an activity, which is told the attempt and whose it is.
    public func mock<A: Activity>(
        _ type: A.Type,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (ActivityContext, A.Input) async throws -> A.Output
    ) {
        mock(ActivityReference(type), takes: duration, fileID: fileID, line: line, body)
    }

    /// Lets an activity return or throw these, one for each time that it is run, retries included. Once more is an error.
    ///
    /// ```swift
    /// tester.mock(Charge.self, results: .failure(Busy()), .success(receipt))
    /// ```
    public func mock<A: Activity>(
        _ type: A.Type,
        takes duration: Duration = .zero,
        results: Result<A.Output, any Error>...,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) {
        add(ActivityReference(type), takes: duration, results, "\(fileID):\(line)")
    }

    /// Runs a closure in place of an activity that is known by name and types.
    public func mock<Input, Output>(
        _ reference: ActivityReference<Input, Output>,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (Input) async throws -> Output
    ) {
        mock(reference, takes: duration, fileID: fileID, line: line) { _, input in try await body(input) }
    }

    /// Runs a closure in place of an activity that is known by name and takes no input.
    public func mock<Output>(
        _ reference: ActivityReference<Void, Output>,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> Output
    ) {
        mock(reference, takes: duration, fileID: fileID, line: line) { (_: ActivityContext, _: Void) in
            try await body()
        }
    }

    /// Runs a closure in place of an activity that is known by name and types; it is told the attempt and whose it is.
    public func mock<Input, Output>(
        _ reference: ActivityReference<Input, Output>,
        takes duration: Duration = .zero,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (ActivityContext, Input) async throws -> Output
    ) {
        let location = "\(fileID):\(line)"
        let mock = ActivityMock(reference.name, takes: duration, coder: coder, at: location, body)
        withState { $0.activityMocks[reference.name] = mock }
    }

    /// Lets an activity that is known by name and types return or throw these, one for each time that it is run.
    public func mock<Input, Output>(
        _ reference: ActivityReference<Input, Output>,
        takes duration: Duration = .zero,
        results: Result<Output, any Error>...,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) {
        add(reference, takes: duration, results, "\(fileID):\(line)")
    }

    private func add<Input, Output>(
        _ reference: ActivityReference<Input, Output>,
        takes duration: Duration,
        _ results: [Result<Output, any Error>],
        _ location: String
    ) {
        let sequence = ResultSequence(results, subject: "the mock of activity \(reference.name) at \(location)")
        let mock = ActivityMock(reference.name, takes: duration, coder: coder, at: location) {
            (_: ActivityContext, _: Input) in try sequence.next()
        }
        withState { $0.activityMocks[reference.name] = mock }
    }
}
