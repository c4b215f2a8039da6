internal import AloftCore
public import Foundation

extension WorkflowTester {
    /// Calls a closure at a later virtual time: to signal, cancel, terminate, or look at what is there.
    ///
    /// It is not called if the run ends before. Several of the same moment are called in the order in which they were set,
    /// after the timers of that moment.
    /// - Parameters:
    ///   - duration: Counted from ``now``; zero: as soon as nothing is left to do at this moment.
    ///   - body: Is given this tester. What it throws ends the run as a ``TesterError`` with code `callbackFailed`.
    public func after(
        _ duration: Duration,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (WorkflowTester) async throws -> Void
    ) {
        schedule(body, at: store.now + duration, "\(fileID):\(line)")
    }

    /// Calls a closure at a virtual time; see ``after(_:fileID:line:_:)``.
    public func at(
        _ date: Date,
        fileID: StaticString = #fileID,
        line: UInt = #line,
        _ body: @escaping @Sendable (WorkflowTester) async throws -> Void
    ) {
        schedule(body, at: Timestamp(date), "\(fileID):\(line)")
    }

    private func schedule(
        _ body: @escaping @Sendable (WorkflowTester) async throws -> Void,
        at moment: Timestamp,
        _ location: String
    ) {
        let callback = TesterAgenda.Callback(location: location, body: body)
        withState { $0.agenda.add(.callback(callback), at: moment) }
    }
}
