import ArchiveKit
import Testing

@Suite struct ChecksumLineTests {
    private static let hash = String(repeating: "0", count: 64)

    @Test(arguments: [
        ("plain", "0  ./plain\n"), ("a b", "0  ./a b\n"), ("-", "0  ./-\n"), ("a\\b", "\\0  ./a\\\\b\n"),
        ("a\nb", "\\0  ./a\\nb\n"), ("a\rb", "0  ./a\rb\n"), ("a\r", "\\0  ./a\\r\n"),
    ])
    func escapes(name: String, line: String) {
        #expect(ChecksumLine.make(sha256: "0", path: BytePath(name)) == Array(line.utf8))
    }

    /// The command itself reads what we write.
    @Test func theCommandAgrees() throws {
        let folder = try TemporaryFolder()
        let names: [BytePath] = [
            "plain", "-", " lead", "a\\b", "a\nb", "\\", "*star", "a  b", "sub/x", "Größe",
            BytePath(bytes: [0x66, 0xff]),
        ]
        var lines: [UInt8] = []
        for name in names {
            let place = try folder.write("contents of \(name)", to: name)
            let digest = Manifest.digest(of: try WholeFile.read(place))
            lines += ChecksumLine.make(sha256: digest, path: name)
        }
        let list = try TemporaryFolder()
        let manifest = try list.write(lines, to: "list")
        let script = "cd \"$1\" && sha256sum --check --strict \"$2\" 2>&1"
        let (end, output) = try ShellCommand.run(script, folder.path, manifest)
        #expect(end == .exited(0), "\(BytePath(bytes: output))")
        #expect(output.split(separator: UInt8(ascii: "\n")).count == names.count)
    }
}
