/// A source folder and the folder of its archive, both known to be usable. Blocks.
package struct ArchivePlace: Hashable, Sendable {
    /// Absolute and without links, as the output.
    package let source: BytePath
    package let output: BytePath

    /// Checks both folders; makes neither.
    ///
    /// - Throws: ``ArchiveProblem``.
    package init(source: String, output: String) throws(ArchiveProblem) {
        do {
            self.source = try FileSystem.resolve(BytePath(source))
            guard try FileIdentity(of: self.source).kind == .folder else {
                throw SystemError("archive", BytePath(source), code: SystemError.notAFolder)
            }
            _ = try FileSystem.names(in: self.source)
        } catch {
            throw ArchiveProblem(.source, "the source folder cannot be used: \(error)")
        }
        do {
            self.output = try Self.resolveMissing(BytePath(output))
        } catch {
            throw ArchiveProblem(.output, "the output folder cannot be used: \(error)")
        }
        guard !self.output.isWithin(self.source) else {
            throw ArchiveProblem(
                .output,
                "the output folder \(self.output) lies in the source folder \(self.source): the archive would archive "
                    + "itself; choose one outside"
            )
        }
        guard !self.source.isWithin(self.output) else {
            throw ArchiveProblem(
                .output,
                "the source folder \(self.source) lies in the output folder \(self.output): the archive could overwrite "
                    + "it; choose an output folder of its own"
            )
        }
    }

    /// Makes the output folder, unless it is there.
    ///
    /// - Throws: ``ArchiveProblem``.
    package func makeOutput() throws(ArchiveProblem) {
        do {
            try FileSystem.makeFolder(output)
        } catch {
            throw ArchiveProblem(.output, "the output folder cannot be used: \(error)")
        }
    }

    /// One job for each subfolder, and one for what lies directly in the source folder, if anything does.
    ///
    /// - Throws: ``ArchiveProblem``.
    package func jobs() throws(ArchiveProblem) -> [ArchiveJob] {
        let names: [BytePath]
        do {
            names = try FileSystem.names(in: source).sorted()
        } catch {
            throw ArchiveProblem(.source, "the source folder cannot be used: \(error)")
        }
        let folders = names.filter { (try? FileIdentity(of: source.appending($0)))?.kind == .folder }
        let own = folders.count < names.count ? [job(nil)] : []
        return own + folders.map { job($0) }
    }

    private func job(_ subfolder: BytePath?) -> ArchiveJob {
        ArchiveJob(source: source, output: output, subfolder: subfolder)
    }

    /// As ``FileSystem/resolve(_:)``, for a path whose end need not exist yet.
    private static func resolveMissing(_ path: BytePath) throws(SystemError) -> BytePath {
        do {
            return try FileSystem.resolve(path)
        } catch {
            let last = path.lastComponent
            let isName = !last.bytes.isEmpty && last != BytePath(".") && last != BytePath("..")
            guard error.isMissing, isName else { throw error }
            let parent = path.withoutTrailingSlashes.parent
            return try resolveMissing(parent.bytes.isEmpty ? BytePath(".") : parent).appending(last)
        }
    }
}
