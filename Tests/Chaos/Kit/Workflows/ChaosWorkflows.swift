package import Aloft

/// The workflows that run under chaos, and how jobs come to them.
package enum ChaosWorkflows {
    package static let queue: TaskQueue = "chaos"
    package static let sideQueue: TaskQueue = "chaos-side"
    package static let queues = [queue, sideQueue]

    /// What clients send to those that listen.
    package static let number = Signal<Int>("number")

    @WorkerBuilder package static var components: [WorkerComponent] {
        Chain.self
        Echo.self
        Failing.self
        Family.self
        FanOut.self
        Idle.self
        Impatient.self
        Listener.self
        Naps.self
        Pair.self
        Relay.self
        Saga.self
    }

    /// The workflow of a job.
    package static func reference(_ kind: Job.Kind) -> WorkflowReference<Job, Int> {
        switch kind {
        case .chain: WorkflowReference(Chain.self)
        case .fanOut: WorkflowReference(FanOut.self)
        case .naps: WorkflowReference(Naps.self)
        case .listener, .mailbox: WorkflowReference(Listener.self)
        case .family: WorkflowReference(Family.self)
        case .relay: WorkflowReference(Relay.self)
        case .pair: WorkflowReference(Pair.self)
        case .echo: WorkflowReference(Echo.self)
        case .saga: WorkflowReference(Saga.self)
        case .impatient: WorkflowReference(Impatient.self)
        case .failing: WorkflowReference(Failing.self)
        case .overdue, .doomed: WorkflowReference(Idle.self)
        }
    }
}
