internal import Aloft

/// Lists a folder and leaves the list, cut into batches, in the work folder.
struct ListFiles: Activity {
    let tools: ArchiveTools

    func run(_ context: ActivityContext, _ job: ArchiveJob) async throws -> Attempted<ListedWork> {
        let tools = tools
        return try await tools.threads.run {
            let listing: Listing
            do {
                listing = try TreeWalk.list(job.sourceFolder, job.depth, hooks: tools.hooks)
            } catch let error as SystemError where error.isMissing || error.isAccessDenied {
                throw PermanentError(error)
            }
            let folder = WorkFolder(job: job, listing: listing.digest)
            try FileSystem.makeFolder(folder.path)
            try FileSystem.makeFolder(job.outputFolder)
            let ranges = tools.plan.ranges(of: listing.files.map(\.size))
            for (number, range) in ranges.enumerated() {
                try folder.write(Array(listing.files[range]), to: folder.batch(number))
            }
            try folder.write(listing.others, to: folder.others)
            return Attempted(ListedWork(folder: folder, batches: ranges.count), context)
        }
    }
}
