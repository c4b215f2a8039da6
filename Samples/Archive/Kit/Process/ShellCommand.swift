/// Runs a short shell script with arguments that are bytes, and collects what it prints. Blocks.
package enum ShellCommand {
    /// - Parameter script: Sees the arguments as `$1`, `$2`, …
    /// - Throws: ``SystemError`` if there is no shell.
    package static func run(
        _ script: String,
        _ arguments: BytePath...
    ) throws(SystemError) -> (end: ChildProcess.End, output: [UInt8]) {
        let words = ["/bin/sh", "-c", script, "sh"].map { BytePath($0) }
        let process = try ChildProcess(words + arguments)
        process.closeInput()
        var output: [UInt8] = []
        process.readOutput { output.append(contentsOf: $0) }
        return (process.wait(), output)
    }
}
