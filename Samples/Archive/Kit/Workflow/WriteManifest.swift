internal import Aloft

/// Puts the outcomes of all batches together and writes both manifests.
struct WriteManifest: Activity {
    let tools: ArchiveTools

    func run(_ context: ActivityContext, _ work: ManifestReference) async throws -> Attempted<ArchiveResult> {
        try await tools.threads.run {
            let folder = work.folder
            let others = try WholeFile.decode(Listing.Others.self, from: folder.others)
            var manifest = Manifest(
                source: work.job.sourceFolder,
                listing: folder.listing,
                files: [],
                links: others.links,
                skipped: others.skipped,
                failed: others.failed
            )
            for number in 0..<work.batches {
                let outcome = try WholeFile.decode(BatchOutcome.self, from: folder.outcome(number))
                manifest.files += outcome.files
                manifest.failed += outcome.failed
            }
            let output = work.job.outputFolder
            try Self.removeWhatIsGone(from: output, manifest)
            let details = try manifest.details()
            // The details last: they say that the folder is done.
            for (name, bytes) in [(OutputName.checksums, manifest.checksums), (OutputName.details, details)] {
                try WholeFile.write(bytes, to: output.appending(name), temporary: folder.temporary())
            }
            return Attempted(Self.result(manifest, details), context)
        }
    }

    /// Files of an earlier archive of the folder that this one does not have.
    private static func removeWhatIsGone(from output: BytePath, _ manifest: Manifest) throws {
        guard let earlier = try? Manifest.read(in: output) else { return }
        let present = Set(manifest.files.map(\.output))
        for file in earlier.files where !present.contains(file.output) {
            try FileSystem.removeFile(output.appending(file.output))
            var parent = file.output.parent
            while !parent.bytes.isEmpty {
                FileSystem.removeIfEmpty(output.appending(parent))
                parent = parent.parent
            }
        }
    }

    private static func result(_ manifest: Manifest, _ details: [UInt8]) -> ArchiveResult {
        var result = ArchiveResult()
        result.files = manifest.files.count
        result.bytesIn = manifest.files.reduce(0) { $0 + $1.size }
        result.bytesOut = manifest.files.reduce(0) { $0 + $1.compressedSize }
        result.links = manifest.links.count
        result.skipped = manifest.skipped.count
        result.failed = manifest.failed.count
        result.listing = manifest.listing
        result.manifest = Manifest.digest(of: details)
        return result
    }
}
