import Aloft
import ArchiveKit
import Testing

/// An archive is compared with its source, and what is wrong is found.
@Suite struct VerifyingTests {
    @Test func everyKindOfDifferenceIsFound() async throws {
        let scene = try Scene()
        for name in ["a/1", "b/2", "c/3", "d/4", "e/5", "f/6"] {
            try scene.source.write("contents of \(name)", to: BytePath(name))
        }
        let witness = try await withArchiver { archiver, _ in try await archiver.run(scene.place) }
        #expect(witness.archived.count == 6)
        #expect(try await scene.differences() == [])

        let output = scene.output.path
        var compressed = try WholeFile.read(output.appending("a/1.gz"))
        compressed[compressed.count / 2] ^= 1
        try scene.output.write(compressed, to: "a/1.gz")
        try scene.source.write("Contents of b/2", to: "b/2")
        try FileSystem.removeFile(output.appending("c/MANIFEST.json"))
        try scene.source.write("new", to: "d/new")
        try scene.output.write("", to: "e/MANIFEST.sha256")
        try FileSystem.removeFile(output.appending("f/6.gz"))

        let differences = try await scene.differences()
        func expect(_ path: BytePath, _ words: String) {
            #expect(differences.contains { $0.contains("\(path)") && $0.contains(words) }, "\(differences)")
        }
        expect(output.appending("a/1.gz"), "")
        expect(scene.source.path.appending("b"), "./2: FAILED")
        expect(scene.source.path.appending("c"), "is not archived")
        expect(scene.source.path.appending("c/3"), "is in no manifest")
        expect(scene.source.path.appending("d/new"), "is in no manifest")
        expect(output.appending("e/MANIFEST.sha256"), "does not agree")
        expect(output.appending("f/6.gz"), "is missing")
        #expect(differences.count == 7)
    }

    @Test func aNewerFormatIsRefused() throws {
        let folder = try TemporaryFolder()
        var manifest = Manifest(source: "/x", listing: "", files: [])
        manifest.format = 2
        try folder.write(try manifest.details(), to: "MANIFEST.json")
        let error = #expect(throws: MalformedFile.self) { try Manifest.read(in: folder.path) }
        #expect(error?.description.contains("newer") == true)
    }
}
