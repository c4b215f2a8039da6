#if Macros
import Foundation
import Testing

/// The compiler with the plug-in, as users meet both: the macro is tested by what the compiler says of its use and writes
/// for it, so the tests need no swift-syntax, whose second build would take longer than all of them.
struct Compiler {
    struct Message: Equatable {
        /// `nil`: in generated code.
        var line: Int?
        var text: String
    }

    /// Compiles a file without keeping anything. - Returns: All that the compiler says.
    static func output(_ source: String, _ options: [String] = []) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "aloft-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "Source.swift")
        try source.write(to: file, atomically: true, encoding: .utf8)
        let build = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [
                "swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", "-package-name", "fixtures",
                "-module-name", "Fixtures", "-module-cache-path", folder.appending(path: "cache").path(),
                "-diagnostic-style", "llvm", "-I", build.appending(path: "Modules").path(),
                "-load-plugin-executable", build.appending(path: "AloftMacros-tool").path() + "#AloftMacros",
            ] + options + [file.path()]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).replacing(file.path(), with: "Source.swift")
    }

    /// The errors and warnings, in the order of their lines.
    static func messages(_ source: String) throws -> [Message] {
        try output(source).split(separator: "\n").compactMap { line in
            guard let match = line.firstMatch(of: /^(.+?):([0-9]+):[0-9]+: (error|warning): (.*)$/) else { return nil }
            return Message(line: match.1 == "Source.swift" ? Int(match.2) : nil, text: String(match.4))
        }
        .sorted { ($0.line ?? .max, $0.text) < ($1.line ?? .max, $1.text) }
    }
}

/// Compiles a file whose lines say, behind `//!`, what the compiler is to say of them; of others it is to say nothing.
func expectMessages(_ source: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) throws {
    let messages = try Compiler.messages(source)
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
        let said = messages.filter { $0.line == index + 1 }.map(\.text)
        guard let mark = line.firstRange(of: "//! ") else {
            #expect(said == [], "line \(index + 1): \(line)", sourceLocation: sourceLocation)
            continue
        }
        let wanted = String(line[mark.upperBound...])
        #expect(
            !said.isEmpty && said.contains { $0.contains(wanted) },
            "line \(index + 1): \(line)\n\(said)",
            sourceLocation: sourceLocation
        )
    }
    #expect(messages.filter { $0.line == nil } == [], "in generated code", sourceLocation: sourceLocation)
}
#endif
