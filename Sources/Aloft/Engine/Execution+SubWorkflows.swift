internal import AloftCore

extension Execution {
    /// Starts a sub-workflow; who wants its result waits for it.
    ///
    /// - Parameters:
    ///   - scheduled: What is to run, and how; command, execution and, unless it was chosen, instance are filled in.
    ///   - type: The Swift type of the input.
    func startSubWorkflow(
        _ workflow: String,
        input: Payload,
        type: Any.Type,
        options: SubWorkflowOptions,
        at location: SourceLocation
    ) async throws -> SubWorkflow {
        try await enter()
        try IdentifierRules.check(workflow, subject: "workflow name")
        try options.queue?.validated()
        try options.id?.validated()
        let memo = options.memo.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        try admit(input.bytes.count, of: type, as: "the input of sub-workflow \(workflow)", at: location)
        try admit(memo, of: [String: String].self, as: "the memo of sub-workflow \(workflow)", at: location)
        let command = nextCommand()
        let scheduled = EventBody.SubWorkflowScheduled(
            command: command,
            workflow: workflow,
            instance: try options.id ?? InstanceID("\(execution).\(command)").validated(),
            execution: execution.subWorkflow(command),
            queue: options.queue,
            input: input,
            closePolicy: options.closePolicy,
            retention: options.retention,
            executionTimeout: options.executionTimeout,
            memo: options.memo,
            headers: currentHeaders()
        )
        try produce(.subWorkflowScheduled(scheduled), at: location)
        let child = SubWorkflow(
            command: command,
            workflow: workflow,
            instance: scheduled.instance,
            isShielded: Self.isShielded,
            location: location
        )
        subWorkflows[command] = child
        return child
    }

    /// Waits for the end of a sub-workflow. Cancelling the caller asks it to cancel, and the wait goes on.
    func result(of child: SubWorkflow, at location: SourceLocation) async throws -> Payload {
        try await enter(.always)
        if child.outcome == nil {
            try await withTaskCancellationHandler {
                try await withUnsafeThrowingContinuation { continuation in
                    subWorkflowWaits += 1
                    child.wait(markWait(at: location), continuation)
                }
            } onCancel: {
                self.cancel(subWorkflow: child, at: location)
            }
        }
        switch child.outcome {
        case .completed(let result): return result
        case .failed(let failure):
            if failure.kind == .cancelled, Task.isCancelled { throw CancellationError() }
            throw SubWorkflowError(workflow: child.workflow, instance: child.instance, failure: failure, coder: coder)
        case nil: throw ExecutionHalted()
        }
    }

    /// Asks a sub-workflow to cancel, once.
    func cancel(subWorkflow child: SubWorkflow, at location: SourceLocation) {
        guard executor.isCurrent, case .running = phase, child.outcome == nil, !child.isCancelRequested else { return }
        child.isCancelRequested = true
        // A mismatch halts the execution, and unloading it ends the wait.
        do throws(TaskFailure) { try record(.subWorkflowCancelRequested(child.command), at: location) } catch {}
    }

    /// Asks all open sub-workflows to cancel, also those that nobody waits for, in the order in which they were started.
    func cancelSubWorkflows() {
        for command in subWorkflows.keys.sorted() {
            guard let child = subWorkflows[command], !child.isShielded else { continue }
            cancel(subWorkflow: child, at: child.location)
        }
    }

    func end(subWorkflow command: CommandID, _ outcome: SubWorkflow.Outcome) {
        guard let child = subWorkflows.removeValue(forKey: command) else { return }
        subWorkflowWaits -= child.waiters.count
        child.end(outcome)
    }
}
