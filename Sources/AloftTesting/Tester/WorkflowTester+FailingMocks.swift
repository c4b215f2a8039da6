public import Aloft

// Mocks that fail each time.
extension WorkflowTester {
    /// Lets every attempt at an activity throw an error; a `PermanentError` allows no other attempt.
    public func mock<A: Activity>(
        _ type: A.Type,
        takes duration: Duration = .zero,
        throws error: any Error,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) {
        mock(ActivityReference(type), takes: duration, throws: error, fileID: fileID, line: line)
    }

    /// Lets every attempt at an activity that is known by name and types throw an error.
    public func mock<Input, Output>(
        _ reference: ActivityReference<Input, Output>,
        takes duration: Duration = .zero,
        throws error: any Error,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) {
        mock(reference, takes: duration, fileID: fileID, line: line) {
            (_: ActivityContext, _: Input) async throws -> Output in throw error
        }
    }

    /// Lets a sub-workflow fail with an error.
    public func mock<W: Workflow>(
        _ type: W.Type,
        takes duration: Duration = .zero,
        throws error: any Error,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) {
        mock(WorkflowReference(type), takes: duration, throws: error, fileID: fileID, line: line)
    }

    /// Lets a sub-workflow that is known by name and types fail with an error.
    public func mock<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        takes duration: Duration = .zero,
        throws error: any Error,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) {
        mock(reference, takes: duration, fileID: fileID, line: line) { (_: Input) async throws -> Output in throw error
        }
    }
}
