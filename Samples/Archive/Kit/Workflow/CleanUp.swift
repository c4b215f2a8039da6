internal import Aloft

/// Removes the work folder of an instance, with what earlier tries at it left behind.
struct CleanUp: Activity {
    let tools: ArchiveTools

    func run(_ context: ActivityContext, _ folder: WorkFolder) async throws -> Attempted<Done> {
        try await tools.threads.run {
            try FileSystem.removeTree(folder.parent)
            // The last instance to finish takes the folder above along.
            FileSystem.removeIfEmpty(folder.parent.parent)
            return Attempted(Done(), context)
        }
    }
}
