import ArchiveKit
import Testing

@Suite struct ArchivePlaceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func place(_ source: String, _ output: String) throws -> ArchivePlace {
        try ArchivePlace(source: "\(folder.path)/\(source)", output: "\(folder.path)/\(output)")
    }

    @Test func oneJobForEachSubfolderAndOneForOwnFiles() throws {
        try folder.write("x", to: "source/b/x")
        try folder.write("x", to: "source/a/x")
        #expect(try place("source", "out/deep").jobs().map(\.subfolder) == ["a", "b"])
        try folder.write("x", to: "source/file")
        let jobs = try place("source", "out/deep").jobs()
        #expect(jobs.map(\.subfolder) == [nil, "a", "b"])
        #expect(jobs.map(\.outputFolder).last == folder.path.appending("out/deep/b"))
        #expect(Set(jobs.map(\.id)).count == 3)
        // Other folders, other instances; the same ones, the same.
        #expect(try place("source", "other").jobs()[0].id != jobs[0].id)
        #expect(try place("source", "./out//deep/").jobs() == jobs)
    }

    @Test func linksToFoldersAreNotFollowed() throws {
        try folder.write("x", to: "source/a/x")
        try folder.link("source/link", to: "a")
        #expect(try place("source", "out").jobs().map(\.subfolder) == [nil, "a"])
    }

    @Test func anEmptyFolderHasNoJobs() throws {
        try FileSystem.makeFolder(folder.path.appending("source"))
        #expect(try place("source", "out").jobs().isEmpty)
    }

    @Test func unusableFoldersAreRefused() throws {
        try folder.write("x", to: "source/a/x")
        try folder.link("link", to: "source")
        func refusal(_ source: String, _ output: String) -> ArchiveProblem? {
            #expect(throws: ArchiveProblem.self) { try place(source, output) }
        }
        #expect(refusal("missing", "out")?.kind == .source)
        #expect(refusal("missing", "out")?.description.contains("\(folder.path)/missing: No such file") == true)
        #expect(refusal("source/a/x", "out")?.description.contains("Not a directory") == true)
        for output in ["source", "source/out", "source/a/new/out", "link/out", "out/../source/x"] {
            if output.hasPrefix("out/") { try FileSystem.makeFolder(folder.path.appending("out")) }
            #expect(refusal("source", output)?.kind == .output, "\(output)")
        }
        #expect(refusal("source/a", "source")?.description.contains("overwrite") == true)
        #expect(try FileSystem.names(in: folder.path.appending("source")) == ["a"])
    }

    @Test func theOutputFolderMayBeAFileNever() throws {
        try folder.write("x", to: "source/a/x")
        try folder.write("x", to: "file")
        let place = try place("source", "file")
        let problem = #expect(throws: ArchiveProblem.self) { try place.makeOutput() }
        #expect(problem?.kind == .output)
    }
}
