import ArchiveKit
import Testing

@Suite struct TreeWalkTests {
    @Test func listsEverythingSortedByBytes() throws {
        let folder = try TemporaryFolder()
        let odd = BytePath(bytes: [0x6f, 0xff, 0xfe])
        for name in ["b", "a/z", "a/é", "a.txt", odd] as [BytePath] { try folder.write("x", to: name) }
        try folder.write("", to: "empty")
        try folder.link("link", to: "/nowhere")
        try folder.link("a/loop", to: "..")
        try folder.makePipe("pipe")

        let listing = try TreeWalk.list(folder.path)
        #expect(listing.files.map(\.path) == ["a.txt", "a/z", "a/é", "b", "empty", odd])
        #expect(listing.files.map(\.size) == [1, 1, 1, 1, 0, 1])
        #expect(
            listing.others.links == [
                ListedLink(path: "a/loop", target: ".."), ListedLink(path: "link", target: "/nowhere"),
            ]
        )
        #expect(listing.others.skipped == [SkippedItem(path: "pipe", kind: .pipe)])
        #expect(listing.others.failed.isEmpty)
    }

    @Test func ownFilesLeaveFoldersOut() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "a")
        try folder.write("x", to: "sub/b")
        try folder.link("link", to: "sub")
        let listing = try TreeWalk.list(folder.path, .ownFiles)
        #expect(listing.files.map(\.path) == ["a"])
        #expect(listing.others.links.map(\.path) == ["link"])
    }

    @Test func foldersThatCannotBeListedAreRecorded() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "open/a")
        try folder.write("x", to: "closed/b")
        let hooks = FileHooks(willOpen: { path throws(SystemError) in
            if path.lastComponent == "closed" { throw .accessDenied("list", path) }
        })
        let listing = try TreeWalk.list(folder.path, hooks: hooks)
        #expect(listing.files.map(\.path) == ["open/a"])
        #expect(listing.others.failed == [FailedItem(path: "closed", reason: "Permission denied")])
    }

    @Test func aMissingFolderIsAnError() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path.appending("missing")
        let error = #expect(throws: SystemError.self) { try TreeWalk.list(missing) }
        #expect(error?.description == "cannot list \(missing): No such file or directory")
    }

    @Test func theDigestTellsStatesApart() throws {
        let folder = try TemporaryFolder()
        try folder.write("one", to: "a")
        let first = try TreeWalk.list(folder.path)
        #expect(try TreeWalk.list(folder.path).digest == first.digest)
        try folder.write("three", to: "a")
        let second = try TreeWalk.list(folder.path)
        #expect(second.digest != first.digest)
        try folder.link("b", to: "a")
        #expect(try TreeWalk.list(folder.path).digest != second.digest)
    }
}
