import Aloft

/// Activities one after the other.
struct Chain: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        var sum = job.value
        for number in 0..<job.size { sum = try await context.work(job, number, sum: sum) }
        return sum
    }
}

/// Activities at the same time, on another queue; put together in the order in which they were asked for.
struct FanOut: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<job.size {
                group.addTask {
                    _ = try await context.work(job, number, sum: job.value + number, queue: ChaosWorkflows.sideQueue)
                    return number
                }
            }
            var done: Set<Int> = []
            for try await number in group { done.insert(number) }
            return done.sorted().reduce(job.value) { Sum.mix($0, $1) }
        }
    }
}

/// An activity whose first attempts run into their time limit.
struct Impatient: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        let step = ChaosActivities.Step(effect: job.effect(0), sum: job.value, next: 0, failures: 1)
        return try await context.perform(
            ChaosActivities.dawdle,
            step,
            options: ActivityOptions(startToCloseTimeout: ChaosActivities.limit)
        )
    }
}

/// An activity, and then an error.
struct Failing: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        _ = try await context.work(job, 0, sum: job.value)
        throw PermanentError(Job.failure(of: job.id))
    }
}
