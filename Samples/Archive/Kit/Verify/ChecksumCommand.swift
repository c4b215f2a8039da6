/// `sha256sum --check`.
enum ChecksumCommand {
    /// What the command complains about; empty if every file is as the manifest says.
    ///
    /// - Throws: ``ArchiveProblem`` if it cannot be run.
    static func faults(of manifest: BytePath, in folder: BytePath) throws -> [String] {
        // A list without lines is an error to it.
        guard try FileIdentity(of: manifest).size > 0 else { return [] }
        let script = """
            export LC_ALL=C; cd -- "$1" && exec sha256sum --check --quiet --strict -- "$2" 2>&1
            """
        let (end, output) = try ShellCommand.run(script, folder, manifest)
        guard end != .exited(127) else {
            throw ArchiveProblem(.system, "the command sha256sum is needed for comparing and is not installed")
        }
        guard end != .exited(0) else { return [] }
        let lines = output.split(separator: UInt8(ascii: "\n")).map { "\(BytePath(bytes: $0))" }
        return ["\(folder) is not as \(manifest) says: \(lines.isEmpty ? "\(end)" : lines.joined(separator: "; "))"]
    }
}
