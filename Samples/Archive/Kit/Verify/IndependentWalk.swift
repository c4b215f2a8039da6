/// The files of a folder as `find` sees them.
enum IndependentWalk {
    /// All regular files that this process may read, relative to the folder.
    ///
    /// - Throws: ``ArchiveProblem`` if there is no `find`.
    static func readableFiles(in folder: BytePath) throws -> [BytePath] {
        // It complains about folders that it may not list, and so did the archiver.
        let (end, output) = try ShellCommand.run("cd -- \"$1\" && exec find . -type f -print0 2>/dev/null", folder)
        guard end == .exited(0) || end == .exited(1) else {
            throw ArchiveProblem(.system, "the command find is needed for comparing and does not run: \(end)")
        }
        return output.split(separator: 0)
            .map { BytePath(bytes: $0.dropFirst(2)) }
            .filter { FileSystem.isReadable(folder.appending($0)) }
    }
}
