public import Aloft
public import AloftCore

// What a run is to do. Checked and forgotten when it ends; counted from when it was said.
extension WorkflowTester {
    /// Expects an activity to be run so often, each retry counted, mocked or not.
    ///
    /// - Parameter condition: Counts only the runs whose input meets it.
    public func expect<A: Activity>(
        _ type: A.Type,
        times count: ExpectedCount = .once,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        where condition: (@Sendable (A.Input) -> Bool)? = nil
    ) {
        add(.activity, A.name, count, "\(fileID):\(line)", condition)
    }

    /// Expects an activity that is known by name and types to be run so often, each retry counted.
    public func expect<Input, Output>(
        _ reference: ActivityReference<Input, Output>,
        times count: ExpectedCount = .once,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        where condition: (@Sendable (Input) -> Bool)? = nil
    ) {
        add(.activity, reference.name, count, "\(fileID):\(line)", condition)
    }

    /// Expects a workflow to be started so often, mocked or not; its continuations do not count.
    public func expect<W: Workflow>(
        _ type: W.Type,
        times count: ExpectedCount = .once,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        where condition: (@Sendable (W.Input) -> Bool)? = nil
    ) {
        add(.workflow, W.name, count, "\(fileID):\(line)", condition)
    }

    /// Expects a workflow that is known by name and types to be started so often; its continuations do not count.
    public func expect<Input, Output>(
        _ reference: WorkflowReference<Input, Output>,
        times count: ExpectedCount = .once,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        where condition: (@Sendable (Input) -> Bool)? = nil
    ) {
        add(.workflow, reference.name, count, "\(fileID):\(line)", condition)
    }

    /// Checks what was expected so far and forgets it. Done at the end of each run; of use after ``advance(by:)``.
    ///
    /// - Throws: ``TesterError`` with code `unmetExpectation`, naming all that are not met.
    public func checkExpectations() throws {
        let complaints = takeComplaints()
        guard complaints.isEmpty else {
            throw TesterError(.unmetExpectation, complaints.joined(separator: "; "))
        }
    }

    /// The inputs with which an activity was run, one for each attempt, in order.
    ///
    /// - Throws: `PayloadError`.
    public func inputs<A: Activity>(of type: A.Type) throws -> [A.Input] {
        try inputs(of: ActivityReference<A.Input, A.Output>(A.name))
    }

    /// The inputs with which an activity that is known by name and types was run, one for each attempt, in order.
    public func inputs<Input, Output>(of reference: ActivityReference<Input, Output>) throws -> [Input] {
        try inputs(.activity, reference.name)
    }

    /// The inputs with which a workflow was started, in order; its continuations are left out.
    ///
    /// - Throws: `PayloadError`.
    public func inputs<W: Workflow>(of type: W.Type) throws -> [W.Input] { try inputs(.workflow, W.name) }

    /// The inputs with which a workflow that is known by name and types was started, in order.
    public func inputs<Input, Output>(of reference: WorkflowReference<Input, Output>) throws -> [Input] {
        try inputs(.workflow, reference.name)
    }

    private func inputs<Input>(_ subject: Expectation.Subject, _ name: String) throws -> [Input] {
        try log.filter { $0.name == name && $0.isRun(of: subject) }.compactMap(\.input).map {
            try coder.decode(Input.self, from: $0)
        }
    }

    func takeComplaints() -> [String] {
        let (expectations, log) = withState { state in
            defer { state.expectations = [] }
            return (state.expectations, state.log)
        }
        return expectations.compactMap { $0.complaint(about: log) }
    }

    private func add<Input>(
        _ subject: Expectation.Subject,
        _ name: String,
        _ count: ExpectedCount,
        _ location: String,
        _ condition: (@Sendable (Input) -> Bool)?
    ) {
        let coder = coder
        withState { state in
            state.expectations.append(
                Expectation(
                    subject: subject,
                    name: name,
                    count: count,
                    location: location,
                    isConditional: condition != nil,
                    isMet: { payload in
                        guard let condition else { return true }
                        // An input of another type meets no condition.
                        return (try? coder.decode(Input.self, from: payload)).map(condition) ?? false
                    },
                    start: state.log.count
                )
            )
        }
    }
}
