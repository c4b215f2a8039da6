import Foundation

/// A folder that plays a machine: the script sees its commands and headers and no others.
final class Machine {
    struct Run: Equatable {
        var status: Int32
        var text: String
        /// What was called, one line each.
        var calls: [String]
    }

    private let folder: URL
    private var commands: URL { folder.appendingPathComponent("bin") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("machine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: commands, withIntermediateDirectories: true)
        try addCommand("uname", "echo Linux")
        try addCommand("id", "echo 0")
        // The few commands that are not what the script is about.
        for name in ["env", "sh", "touch"] {
            let real = ["/usr/bin", "/bin"].map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
            try FileManager.default.createSymbolicLink(
                at: commands.appendingPathComponent(name),
                withDestinationURL: URL(fileURLWithPath: real ?? "/bin/\(name)")
            )
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// - Parameter script: What it does beside noting that it was called.
    func addCommand(_ name: String, _ script: String = "") throws {
        let file = commands.appendingPathComponent(name)
        let text = """
            #!/bin/sh
            echo "\(name) $*${DEBIAN_FRONTEND:+ [$DEBIAN_FRONTEND]}" >>"$MACHINE/calls"
            \(script)

            """
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    func addHeader(_ name: String) throws {
        let file = folder.appendingPathComponent("usr/include").appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data().write(to: file)
    }

    func addHeaders() throws {
        for name in ["hiredis/hiredis.h", "zlib.h"] { try addHeader(name) }
    }

    func run() throws -> Run {
        let calls = folder.appendingPathComponent("calls")
        try? FileManager.default.removeItem(at: calls)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [Self.script]
        process.environment = ["PATH": commands.path, "ALOFT_SETUP_ROOT": folder.path, "MACHINE": folder.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = ((try? String(contentsOf: calls, encoding: .utf8)) ?? "").split(separator: "\n")
        return Run(
            status: process.terminationStatus,
            text: String(decoding: text, as: UTF8.self),
            // How it finds out about the system is its own business.
            calls: lines.map { String($0) }.filter { !$0.hasPrefix("uname") && !$0.hasPrefix("id ") }
        )
    }

    private static var script: String {
        URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("deploy/setup.sh").path
    }
}
