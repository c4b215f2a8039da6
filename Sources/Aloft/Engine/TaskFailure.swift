/// Why a workflow task could not be carried out. It says nothing about the instance, which stays as it was: the message is
/// for operators, and a fixed deployment goes on from the same history.
package struct TaskFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Cause: Hashable, Sendable {
        /// The code did something else than the history holds.
        case nondeterminism
        /// The code awaited something that is not durable.
        case foreignAwait
        /// The code does not come to rest.
        case endlessLoop
        /// No worker of this process knows the workflow.
        case unknownWorkflow
        /// The history itself makes no sense.
        case invalidHistory
    }

    package var cause: Cause
    package var message: String

    package init(_ cause: Cause, _ message: String) {
        self.cause = cause
        self.message = message
    }

    package var description: String { message }
}

/// Thrown by every call of a context whose execution is being taken out of memory or has failed its task.
///
/// It is not `CancellationError` on purpose: workflow code that handles a cancellation must not take this for one.
package struct ExecutionHalted: Error, CustomStringConvertible {
    package var description: String {
        "this execution is being unloaded; let this error pass, the code will be run again from its history"
    }
}

/// Thrown by every call of a context that is made from a task that does not belong to the execution.
package struct OutsideCall: Error, CustomStringConvertible {
    package var description: String {
        "the workflow context was called from outside the workflow's own tasks: from Task { }, Task.detached, a callback or "
            + "an actor with its own executor. Use async let or a task group instead"
    }
}

/// Where workflow code called the context.
package struct SourceLocation: Sendable {
    var fileID: StaticString
    var line: UInt

    package init(fileID: StaticString, line: UInt) {
        self.fileID = fileID
        self.line = line
    }

    package var text: String { "\(fileID):\(line)" }
}
