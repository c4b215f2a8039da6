internal import Aloft
private import Foundation

/// Where activities leave what the next ones need: the list of files, cut into batches, and what became of each.
///
/// Histories carry only the name of this folder and numbers of batches, so they stay small however many files there are.
/// The name holds the state of the source, so that an attempt that came late writes nothing into newer work.
package struct WorkFolder: Hashable, Sendable, Codable {
    /// Of all work on one instance.
    package var parent: BytePath
    /// The state of the source that is being archived.
    package var listing: String

    package init(job: ArchiveJob, listing: String) {
        parent = job.output.appending(OutputName.workFolder).appending(job.id.rawValue)
        self.listing = listing
    }

    package var path: BytePath { parent.appending(listing) }
    package var others: BytePath { path.appending("others.json") }
    package func batch(_ number: Int) -> BytePath { path.appending("batch-\(number).json") }
    package func outcome(_ number: Int) -> BytePath { path.appending("outcome-\(number).json") }

    /// A name that nobody else uses. What a killed process leaves there goes away with the folder.
    package func temporary() -> BytePath { path.appending("temporary-\(UUID().uuidString)") }

    package func write(_ value: some Encodable, to file: BytePath) throws {
        try WholeFile.write(try WholeFile.encode(value), to: file, temporary: temporary())
    }
}

/// What became of a batch of files.
package struct BatchOutcome: Hashable, Sendable, Codable {
    package var files: [FileRecord] = []
    package var failed: [FailedItem] = []

    package init() {}
}
