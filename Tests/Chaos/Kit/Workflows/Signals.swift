import Aloft

/// Signals in the order in which they were sent.
struct Listener: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        var sum = job.value
        for _ in 0..<job.size { sum = Sum.mix(sum, try await context.receive(ChaosWorkflows.number)) }
        try await context.work(job, named: "end")
        return sum
    }
}

/// An activity and a signal, then on with a fresh history. Signals that come early go along.
struct Relay: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        var next = job
        next.value = try await context.work(job, job.done, sum: job.value)
        next.value = Sum.mix(next.value, try await context.receive(ChaosWorkflows.number))
        next.done += 1
        if next.done < job.size { throw context.continueAsNew(next) }
        return next.value
    }
}

/// Sends numbers to a sub-workflow, and gets each back.
struct Pair: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        let partner = job.partner
        let echo = try await context.startSubWorkflow(Echo.self, partner, options: SubWorkflowOptions(partner))
        var sum = job.value
        // Half of them go before the first answer is looked at.
        let ahead = job.size / 2
        for number in 0..<ahead { try await echo.signal(ChaosWorkflows.number, job.signal(number)) }
        for number in 0..<job.size {
            if number >= ahead { try await echo.signal(ChaosWorkflows.number, job.signal(number)) }
            sum = Sum.mix(sum, try await context.receive(ChaosWorkflows.number))
        }
        _ = try await echo.result()
        try await context.work(job, named: "end")
        return sum
    }
}

/// Sends back what it gets.
struct Echo: Workflow {
    func run(_ context: WorkflowContext, _ job: Job) async throws -> Int {
        guard let parent = context.parent else { throw PermanentError("\(job.id) has no parent") }
        var sum = job.value
        for _ in 0..<job.size {
            let number = try await context.receive(ChaosWorkflows.number)
            sum = Sum.mix(sum, number)
            try await context.signal(parent.instance, ChaosWorkflows.number, Sum.mix(number, 1))
        }
        return sum
    }
}
