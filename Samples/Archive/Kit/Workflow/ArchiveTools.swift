package import Aloft

/// What all activities of a worker share.
package struct ArchiveTools: Sendable {
    package var threads: FileThreads
    package var hooks: FileHooks
    package var plan: BatchPlan

    package init(threads: FileThreads = FileThreads(), hooks: FileHooks = FileHooks(), plan: BatchPlan = BatchPlan()) {
        self.threads = threads
        self.hooks = hooks
        self.plan = plan
    }

    /// What a worker must know to archive.
    @WorkerBuilder package func components() -> [WorkerComponent] {
        ArchiveFolder.self
        ListFiles(tools: self)
        CompressFiles(tools: self)
        CheckFiles(tools: self)
        WriteManifest(tools: self)
        CleanUp(tools: self)
    }
}
