internal import Aloft

/// Reads the compressed files of a batch back and compares them with what was read from the source.
struct CheckFiles: Activity {
    let tools: ArchiveTools

    func run(_ context: ActivityContext, _ batch: BatchReference) async throws -> Attempted<Done> {
        let tools = tools
        return try await tools.threads.run {
            let outcome = try WholeFile.decode(BatchOutcome.self, from: batch.folder.outcome(batch.number))
            var faults: [String] = []
            for record in outcome.files {
                tools.hooks.willCheck(batch.job.outputFolder.appending(record.output))
                guard let fault = try FileChecker.fault(of: record, in: batch.job.outputFolder) else { continue }
                try FileSystem.removeFile(batch.job.outputFolder.appending(record.output))
                faults.append(fault)
            }
            guard faults.isEmpty else { throw OutputDamaged(faults: faults) }
            return Attempted(Done(), context)
        }
    }
}

/// Compressed files that do not hold what was read. They have been removed.
struct OutputDamaged: Error, CustomStringConvertible {
    let faults: [String]

    var description: String { faults.joined(separator: "; ") }
}
