package import Aloft

/// Has folders archived by the workers of the fleet: starts an instance for each, or joins the one of an earlier run.
package struct Archiver: Sendable {
    /// What is told while it works.
    package enum Event: Sendable {
        /// An earlier run started it; it goes on.
        case resumed(ArchiveJob)
        /// An earlier run did something about it that does not count any more.
        case restarted(ArchiveJob, reason: String)
        case ended(ArchiveJob, Outcome)
    }

    /// What became of a folder.
    package enum Outcome: Sendable {
        case archived(ArchiveResult)
        /// An earlier run archived it, and all is still there.
        case reused(ArchiveResult)
        case failed(String)

        package var result: ArchiveResult? {
            switch self {
            case .archived(let result), .reused(let result): result
            case .failed: nil
            }
        }
    }

    private let client: WorkflowClient
    private let threads: FileThreads
    /// How many folders are open at a time.
    private let window: Int
    /// How long Redis may be away while results are awaited.
    private let patience: Duration

    package init(
        client: WorkflowClient,
        threads: FileThreads = FileThreads(),
        window: Int = 256,
        patience: Duration = .seconds(60)
    ) {
        self.client = client
        self.threads = threads
        self.window = window
        self.patience = patience
    }

    /// Archives all folders. A folder that fails does not keep the others from going on.
    ///
    /// - Throws: ``StoreError`` when the store stays away; instances that were started go on without us.
    package func run(_ jobs: [ArchiveJob], report: @escaping @Sendable (Event) -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, job) in jobs.enumerated() {
                if index >= window { try await group.next() }
                group.addTask { report(.ended(job, try await archive(job, report))) }
            }
            try await group.waitForAll()
        }
    }

    private func archive(_ job: ArchiveJob, _ report: @Sendable (Event) -> Void) async throws -> Outcome {
        let handle = client.handle(job.id, of: ArchiveFolder.self)
        do {
            if let state = try await patiently({ try await client.store.state(of: job.id) }) {
                if let result = try await earlierResult(state, handle, job, report) { return .reused(result) }
            }
            try await patiently {
                _ = try await client.start(
                    ArchiveFolder.self,
                    job,
                    id: job.id,
                    queue: ArchiveFolder.queue,
                    options: .joinExisting
                )
            }
            return .archived(try await patiently { try await handle.result() })
        } catch let error as WorkflowError {
            return .failed(error.failure.description)
        } catch let error as StoreError where error.code == .instanceNotFound {
            return .failed("\(error.message); run again to archive the folder")
        }
    }

    /// What an earlier run achieved. If that is nothing, the instance of that run has been removed, unless it is open.
    private func earlierResult(
        _ state: InstanceState,
        _ handle: InstanceHandle<ArchiveResult>,
        _ job: ArchiveJob,
        _ report: @Sendable (Event) -> Void
    ) async throws -> ArchiveResult? {
        guard state.status.isFinished else {
            report(.resumed(job))
            return nil
        }
        let reason: String
        do {
            let result = try await patiently { try await handle.result() }
            guard let objection = try await threads.run({ EarlierResult.objection(to: result, of: job) }) else {
                return result
            }
            reason = objection
        } catch let error as WorkflowError {
            reason = "it \(error.status) before: \(error.failure)"
        } catch let error as PayloadError {
            reason = "its earlier result cannot be read: \(error)"
        }
        report(.restarted(job, reason: reason))
        do {
            try await patiently { try await handle.remove() }
        } catch let error as StoreError where error.code == .instanceNotFound || error.code == .instanceOpen {
            // Somebody else was faster, and may have started it again: then we join.
        }
        return nil
    }

    /// Repeats what failed because Redis was away, for a while.
    private func patiently<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        var deadline: ContinuousClock.Instant?
        while true {
            do {
                return try await body()
            } catch let error as StoreError where error.code == .unavailable || error.code == .outcomeUnknown {
                let now = ContinuousClock.now
                let end = deadline ?? now + patience
                deadline = end
                guard now < end else { throw error }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
