package import Aloft
private import Logging

/// Archives one folder: lists its files, compresses and checks them several batches at a time, then writes the manifest.
package struct ArchiveFolder: Workflow {
    package static let queue: TaskQueue = "archive"
    /// How many batches of a folder are worked on at a time.
    package static let window = 8
    package static let retry = RetryPolicy(
        maximumAttempts: 4,
        initialInterval: .milliseconds(200),
        backoffCoefficient: 4,
        nonRetryableTypes: ["\(OutputDamaged.self)"]
    )
    private static let options = ActivityOptions(retry: retry)

    package init() {}

    package func run(_ context: WorkflowContext, _ job: ArchiveJob) async throws -> ArchiveResult {
        let listed = try await context.activity(ListFiles.self, job, options: Self.options)
        let work = listed.value
        var retries = listed.retries
        try await withThrowingTaskGroup(of: Int.self) { group in
            var next = 0
            func startNext() {
                guard next < work.batches else { return }
                let batch = BatchReference(job: job, folder: work.folder, number: next)
                group.addTask { try await Self.archive(batch, context) }
                next += 1
            }
            for _ in 0..<Self.window { startNext() }
            while let more = try await group.next() {
                retries += more
                startNext()
            }
        }
        let written = try await context.activity(WriteManifest.self, work.reference(job), options: Self.options)
        let cleaned = try await context.activity(CleanUp.self, work.folder, options: Self.options)
        var result = written.value
        result.retries = retries + written.retries + cleaned.retries
        return result
    }

    /// - Returns: How many attempts were not the first.
    private static func archive(_ batch: BatchReference, _ context: WorkflowContext) async throws -> Int {
        var retries = 0
        var rounds = 0
        while true {
            retries += try await context.activity(CompressFiles.self, batch, options: options).retries
            rounds += 1
            do {
                return retries + (try await context.activity(CheckFiles.self, batch, options: options)).retries
            } catch let error as ActivityError where error.type == "\(OutputDamaged.self)" && rounds < 3 {
                // What was damaged has been removed; only that is compressed again.
                context.logger.warning("compressing again: \(error.message)")
            }
        }
    }
}

/// Which files an activity is about: those of a batch file in the work folder.
package struct BatchReference: Hashable, Sendable, Codable {
    package var job: ArchiveJob
    package var folder: WorkFolder
    package var number: Int

    package init(job: ArchiveJob, folder: WorkFolder, number: Int) {
        self.job = job
        self.folder = folder
        self.number = number
    }
}

/// What was listed: the input of the steps that follow.
package struct ListedWork: Hashable, Sendable, Codable {
    package var folder: WorkFolder
    package var batches: Int

    func reference(_ job: ArchiveJob) -> ManifestReference {
        ManifestReference(job: job, folder: folder, batches: batches)
    }
}

/// What a manifest is made of.
package struct ManifestReference: Hashable, Sendable, Codable {
    package var job: ArchiveJob
    package var folder: WorkFolder
    package var batches: Int
}
