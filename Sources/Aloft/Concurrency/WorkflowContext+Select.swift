internal import AloftCore

extension WorkflowContext {
    /// Does one of several things: the first, in the order given, that is ready, otherwise the first that becomes so.
    ///
    /// ```swift
    /// let answer = try await context.select(
    ///     .receive(Self.approval) { "approved by \($0.name)" },
    ///     .await(check) { "checked: \($0)" },
    ///     .after(.seconds(3600)) { "nobody answered" }
    /// )
    /// ```
    ///
    /// Exactly one case happens; of the others nothing is consumed. Without `.default` it waits if none is ready. Names of
    /// the cases: ``SelectCase``.
    /// - Returns: What the handler of the case returns.
    /// - Throws: What the handler throws; the error of a failed future in `.await`; ``ChannelClosed`` from `.send`;
    ///   ``MisuseError`` if there is no case; `CancellationError`.
    public func select<Output>(
        _ cases: SelectCase<Output>...,
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Output {
        try await select(cases, fileID: fileID, line: line)
    }

    /// ``select(_:fileID:line:)-(SelectCase<Output>...,_,_)`` over cases that are only known at run time.
    public func select<Output>(
        _ cases: [SelectCase<Output>],
        fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Output {
        let location = SourceLocation(fileID: fileID, line: line)
        guard !cases.isEmpty else { throw MisuseError.emptySelect(at: location) }
        return try await execution.select(cases, at: location)
    }
}
