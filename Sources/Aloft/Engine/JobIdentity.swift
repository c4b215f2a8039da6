/// The identity of the task that a job belongs to.
///
/// The runtime has no public way to ask, so this calls the entry that its own tools use. It is the only private call in
/// Aloft: ``DeterministicExecutor`` needs it to tell a task that goes on from another that becomes ready, and
/// `RuntimeFactTests` fails if a toolchain changes what it answers.
@_silgen_name("swift_task_getJobTaskId")
private func runtimeTaskIdentity(of job: UnownedJob) -> UInt64

package struct TaskIdentity: Hashable, Sendable {
    private let raw: UInt64

    /// `nil` for a job that belongs to no task, such as an actor's turn: the runtime names all of those 0.
    package init?(of job: UnownedJob) {
        raw = runtimeTaskIdentity(of: job)
        if raw == 0 { return nil }
    }
}
