/// The failures that stores make, the same in each.
extension Failure {
    /// An instance was ended from outside.
    package static func terminated(_ reason: String) -> Failure {
        Failure(kind: .terminated, type: "Terminated", message: reason)
    }

    /// The reason of a termination by a start that takes the id.
    package static let replacedReason = "a new start took its id"

    /// The reason for which a sub-workflow is asked to cancel, or terminated, when its parent has ended.
    package static func parentEnded(_ parent: InstanceID) -> String { "its parent \(parent) has ended" }

    /// The reason for which a sub-workflow is asked to cancel by its parent's code.
    package static func parentCancelled(_ parent: InstanceID) -> String { "its parent \(parent) cancelled it" }

    /// The execution timeout of an instance passed.
    package static func executionTimeout(_ instance: InstanceID) -> Failure {
        TimeoutError(limit: "execution timeout", subject: "instance \(instance)").failure
    }

    /// A sub-workflow was not started: its id is in use.
    package static func idInUse(_ instance: InstanceID) -> Failure {
        Failure(kind: .alreadyExists, type: "AlreadyExists", message: "there is an open instance \(instance) already")
    }

    /// A signal to an instance was refused for the reason for which a delivery would have been.
    package static func signalRefused(_ error: StoreError) -> Failure {
        switch error.code {
        case .instanceNotFound: Failure(kind: .notFound, type: "InstanceNotFound", message: error.message)
        case .instanceFinished: Failure(kind: .finished, type: "InstanceFinished", message: error.message)
        default: Failure(kind: .limit, type: "InboxFull", message: error.message)
        }
    }

    /// A workflow or an activity failed since no worker of its queue knew it for too long.
    package static func unknownType(_ message: String) -> Failure {
        Failure(kind: .unknownType, type: "UnknownType", message: message, isPermanent: true)
    }
}
