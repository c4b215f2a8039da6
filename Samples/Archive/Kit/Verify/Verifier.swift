/// Compares an archive with its source, trusting nothing of what made it: `sha256sum` reads the source files, `find` lists
/// them, and every compressed file is read again.
package struct Verifier: Sendable {
    let place: ArchivePlace
    let threads: FileThreads

    package init(_ place: ArchivePlace, threads: FileThreads = FileThreads()) {
        self.place = place
        self.threads = threads
    }

    /// What was compared, and what was found wrong.
    package struct Report: Hashable, Sendable {
        package var folders = 0
        package var files = 0
        package var bytes = 0
        /// In words, with paths. Empty: the archive is right.
        package var differences: [String] = []

        static func += (left: inout Report, right: Report) {
            left.folders += right.folders
            left.files += right.files
            left.bytes += right.bytes
            left.differences += right.differences
        }
    }

    /// - Throws: ``ArchiveProblem`` when comparing itself does not work.
    package func run(progress: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> Report {
        let place = place
        let jobs = try await threads.run { try place.jobs() }
        var report = Report()
        var archived: Set<BytePath> = []
        // Two at a time: one waits for the disk while the other computes.
        try await withThrowingTaskGroup(of: (Report, [BytePath]).self) { group in
            for (index, job) in jobs.enumerated() {
                if index >= 2, let (part, files) = try await group.next() {
                    report += part
                    archived.formUnion(files)
                    progress(report.folders)
                }
                group.addTask { try await threads.run { try Self.compare(job) } }
            }
            for try await (part, files) in group {
                report += part
                archived.formUnion(files)
                progress(report.folders)
            }
        }
        let present = Set(try await threads.run { try IndependentWalk.readableFiles(in: place.source) })
        for path in present.subtracting(archived).sorted() {
            report.differences.append("\(place.source.appending(path)) is in no manifest")
        }
        for path in archived.subtracting(present).sorted() {
            report.differences.append("\(place.source.appending(path)) is in a manifest and not in the source")
        }
        report.differences.sort()
        return report
    }

    /// - Returns: The files of its manifest, relative to the whole source folder.
    private static func compare(_ job: ArchiveJob) throws -> (Report, [BytePath]) {
        var report = Report()
        report.folders = 1
        let manifest: Manifest
        do {
            manifest = try Manifest.read(in: job.outputFolder)
        } catch let error as SystemError where error.isMissing {
            report.differences.append("\(job.sourceFolder) is not archived: there is no \(error.path)")
            return (report, [])
        } catch let error as MalformedFile {
            report.differences.append(error.description)
            return (report, [])
        }
        let checksums = job.outputFolder.appending(OutputName.checksums)
        if (try? WholeFile.read(checksums)) != manifest.checksums {
            report.differences.append("\(checksums) is missing or does not agree with \(OutputName.details)")
        } else {
            report.differences += try ChecksumCommand.faults(of: checksums, in: job.sourceFolder)
        }
        for file in manifest.files {
            report.files += 1
            report.bytes += file.size
            if let fault = try FileChecker.fault(of: file, in: job.outputFolder) { report.differences.append(fault) }
        }
        let prefix = job.subfolder ?? BytePath(bytes: [])
        return (report, manifest.files.map { prefix.appending($0.path) })
    }
}
