import Aloft
import ChaosKit
import Foundation

/// Brings one job after the other from its start to its end.
struct JobDriver: Sendable {
    let client: WorkflowClient
    let journal: Journal
    let seed: UInt64
    let place: Int
    let keep: Int

    /// Does all of it again for a job that was begun by one that was killed: nothing of that is to count twice.
    func drive(_ ticket: JobQueue.Ticket) async throws {
        var job = Job(seed: seed, client: place, number: ticket.number)
        job.retention = max(1_000, keep - Date().millisecondsSince1970)
        if ticket.isNew { try journal.write(.intent(ticket.number)) }
        try await start(job)
        try journal.write(.acknowledged(job), isSynced: true)
        try await steer(job)
        // Who asks again gets the same answer.
        for _ in 0..<(ticket.number % 5 == 0 ? 2 : 1) {
            try journal.write(.outcome(instance: job.id, try await outcome(of: job)))
        }
    }

    private func start(_ job: Job) async throws {
        var options = StartOptions.joinExisting
        options.retention = .milliseconds(job.retention)
        if job.kind == .naps { options.moment = .after(.milliseconds(job.value % 300)) }
        if job.kind == .overdue { options.executionTimeout = .milliseconds(100 + job.value % 1_000) }
        let reference = ChaosWorkflows.reference(job.kind)
        try await insist { [options] in
            guard job.kind == .mailbox else {
                try await client.start(reference, job, id: job.instance, queue: ChaosWorkflows.queue, options: options)
                return
            }
            try await client.signalWithStart(
                reference,
                job,
                signal: ChaosWorkflows.number,
                job.signal(0),
                signalID: "0",
                id: job.instance,
                queue: ChaosWorkflows.queue,
                options: options
            )
        }
    }

    private func steer(_ job: Job) async throws {
        let handle = client.handle(job.instance, returning: Int.self)
        switch job.kind {
        case .listener, .mailbox, .relay:
            for number in (job.kind == .mailbox ? 1 : 0)..<job.size {
                if number % 2 == 0 { try await Task.sleep(for: .milliseconds(job.value % 60)) }
                try await deliver {
                    try await handle.signal(ChaosWorkflows.number, job.signal(number), id: "\(number)")
                }
            }
        case .saga:
            try await Task.sleep(for: .milliseconds(job.value % 400))
            try await deliver { try await handle.cancel(reason: "as planned") }
        case .doomed:
            try await Task.sleep(for: .milliseconds(job.value % 400))
            try await deliver { try await handle.terminate(reason: "as planned") }
        default: break
        }
    }

    private func outcome(of job: Job) async throws -> Outcome {
        let handle = client.handle(job.instance, returning: Int.self)
        do {
            return .completed(try await insist { try await handle.result() })
        } catch let error as WorkflowError {
            guard let outcome = Outcome(error) else { throw error }
            return outcome
        }
    }

    /// Repeats a call to an instance that may have been there before, and have ended by that.
    private func deliver(_ body: () async throws -> Void) async throws {
        do {
            try await insist(body)
        } catch let error as StoreError where error.code == .instanceFinished {}
    }

    /// Repeats a call for as long as Redis is away.
    private func insist<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        while true {
            do {
                return try await body()
            } catch let error as StoreError where error.code == .unavailable || error.code == .outcomeUnknown {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
