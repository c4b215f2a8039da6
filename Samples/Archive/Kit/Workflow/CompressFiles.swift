internal import Aloft

/// Compresses the files of a batch and leaves in the work folder what became of each.
///
/// Repeating it costs little: a file whose outcome is known, which has not changed, and whose compressed file is there is
/// not read again. Whether that file holds the right bytes is for ``CheckFiles`` to find out.
struct CompressFiles: Activity {
    let tools: ArchiveTools

    func run(_ context: ActivityContext, _ batch: BatchReference) async throws -> Attempted<Done> {
        let tools = tools
        let isLastAttempt = context.attempt >= ArchiveFolder.retry.maximumAttempts
        return try await tools.threads.run {
            let files = try WholeFile.decode([ListedFile].self, from: batch.folder.batch(batch.number))
            let known = (try? WholeFile.decode(BatchOutcome.self, from: batch.folder.outcome(batch.number)))?.files
            let records = Dictionary((known ?? []).map { ($0.path, $0) }, uniquingKeysWith: { $1 })
            var outcome = BatchOutcome()
            var passing: [SourceError] = []
            for file in files {
                if let record = records[file.path], Self.isDone(record, batch.job) {
                    outcome.files.append(record)
                    continue
                }
                do {
                    outcome.files.append(try Self.compress(file.path, batch, tools))
                } catch let error as SourceError {
                    if error.isPassing, !isLastAttempt {
                        passing.append(error)
                    } else {
                        outcome.failed.append(FailedItem(path: file.path, reason: error.reason))
                    }
                }
            }
            // Also when it fails: the next attempt goes on from here.
            try batch.folder.write(outcome, to: batch.folder.outcome(batch.number))
            guard passing.isEmpty else { throw FilesNotReady(errors: passing) }
            return Attempted(Done(), context)
        }
    }

    private static func compress(
        _ path: BytePath,
        _ batch: BatchReference,
        _ tools: ArchiveTools
    ) throws -> FileRecord {
        let result = try FileCompressor(hooks: tools.hooks).compress(
            batch.job.sourceFolder.appending(path),
            to: batch.job.outputFolder.appending(OutputName.path(ofFile: path)),
            temporary: batch.folder.temporary()
        )
        return FileRecord(path: path, result)
    }

    private static func isDone(_ record: FileRecord, _ job: ArchiveJob) -> Bool {
        let source = try? FileIdentity(of: job.sourceFolder.appending(record.path))
        let output = try? FileIdentity(of: job.outputFolder.appending(record.output))
        return source == record.identity && output?.kind == .file && output?.size == record.compressedSize
    }
}

/// Files that could not be read, and may be readable in a moment.
struct FilesNotReady: Error, CustomStringConvertible {
    let errors: [SourceError]

    var description: String { errors.map(\.description).joined(separator: "; ") }
}
