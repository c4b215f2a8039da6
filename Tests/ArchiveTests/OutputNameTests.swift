import ArchiveKit
import Testing

@Suite struct OutputNameTests {
    @Test func namesAreWhatOneExpects() {
        #expect(OutputName.path(ofFile: "a/b.txt") == "a/b.txt.gz")
        #expect(OutputName.path(ofFile: "a.gz/b") == "a.gz.d/b.gz")
        #expect(OutputName.path(ofFile: "MANIFEST.json/x") == "MANIFEST.json.d/x.gz")
        #expect(OutputName.path(ofFile: ".archive/x") == ".archive.d/x.gz")
    }

    /// A file and a folder, or two folders, must not end up under one name.
    @Test func nothingCollides() {
        let folders = ["a", "a.gz", "a.gz.d", "a.gz.d.d", "a.d", "MANIFEST.json", "MANIFEST.json.d", "MANIFEST.sha256"]
        let names = folders.map { OutputName.path(ofFile: BytePath($0).appending("x")).components[0] }
        let files = (["a", "a.gz", "a.d"] as [BytePath]).map { OutputName.path(ofFile: $0) }
        #expect(Set(names + files + ["MANIFEST.json", "MANIFEST.sha256", ".archive"]).count == 8 + 3 + 3)
    }

    @Test func longNamesFit() {
        let long = BytePath(String(repeating: "n", count: 255))
        let other = BytePath(String(repeating: "n", count: 254))
        let output = OutputName.path(ofFile: long)
        #expect(output.bytes.count <= 255)
        #expect(output != OutputName.path(ofFile: other))
        // A file that is called like the shortened one gets another name.
        let lookalike = BytePath(bytes: output.bytes.dropLast(3))
        #expect(OutputName.path(ofFile: lookalike) != output)
        #expect(OutputName.path(ofFile: BytePath(String(repeating: "n", count: 252))).bytes.count == 255)
    }
}
