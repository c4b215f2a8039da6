import Aloft

/// Sub-workflows at the same time. One fails, which is caught.
struct Family: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        let children = job.children
        let results = try await withThrowingTaskGroup(of: (Int, Int?).self) { group in
            for (number, child) in children.enumerated() {
                group.addTask { (number, try await run(child, context)) }
            }
            var results: [Int: Int] = [:]
            for try await (number, result) in group { results[number] = result }
            return results
        }
        return children.indices.compactMap { results[$0] }.reduce(job.value) { Sum.mix($0, $1) }
    }

    /// `nil` if it failed in the way that was planned.
    private func run(_ child: Job, _ context: WorkflowContext) async throws -> Int? {
        do {
            let reference = ChaosWorkflows.reference(child.kind)
            return try await context.subWorkflow(reference, child, options: SubWorkflowOptions(child))
        } catch let error as SubWorkflowError where error.message == Job.failure(of: child.id) {
            return nil
        }
    }
}

/// Steps that are undone when it is cancelled.
struct Saga: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        var done: [Int] = []
        do {
            for number in 0..<job.size {
                _ = try await context.work(job, number, sum: job.value + number)
                done.append(number)
            }
            return try await context.receive(ChaosWorkflows.number)
        } catch {
            let steps = done
            try await context.shielded {
                for number in steps.reversed() { try await context.work(job, named: Saga.undoing(number)) }
            }
            throw error
        }
    }

    static func undoing(_ step: Int) -> String { "undo-\(step)" }
}

extension SubWorkflowOptions {
    /// Under the id of the job, and kept as long as it says.
    init(_ job: Job) {
        self.init(id: job.instance, retention: .milliseconds(job.retention))
    }
}
