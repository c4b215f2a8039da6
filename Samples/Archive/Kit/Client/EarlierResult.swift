/// Decides whether what an earlier run did is still worth something. Blocks.
enum EarlierResult {
    /// Why a folder must be archived again; `nil` if the archive is there, whole, and of the folder as it is now.
    ///
    /// Compressed files are checked by size, not read: that is what `archive verify` is for.
    static func objection(to result: ArchiveResult, of job: ArchiveJob) -> String? {
        do {
            if result.failed > 0 { return "not all of it could be read last time" }
            let manifest = try Manifest.read(in: job.outputFolder)
            guard Manifest.digest(of: try manifest.details()) == result.manifest else {
                return "its manifest is not the one that was written last"
            }
            let checksums = try WholeFile.read(job.outputFolder.appending(OutputName.checksums))
            guard checksums == manifest.checksums else { return "its checksums are not the ones that were written" }
            for file in manifest.files {
                let path = job.outputFolder.appending(file.output)
                guard try FileIdentity(of: path).size == file.compressedSize else { return "\(path) was changed" }
            }
            guard try TreeWalk.list(job.sourceFolder, job.depth).digest == result.listing else {
                return "the folder has changed since"
            }
            return nil
        } catch {
            return "\(error)"
        }
    }
}
