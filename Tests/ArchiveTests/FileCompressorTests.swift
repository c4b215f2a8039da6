import ArchiveKit
import Foundation
import Synchronization
import Testing

@Suite struct FileCompressorTests {
    let source: TemporaryFolder
    let output: TemporaryFolder

    init() throws {
        source = try TemporaryFolder()
        output = try TemporaryFolder()
    }

    private func compress(_ name: BytePath, hooks: FileHooks = FileHooks()) throws -> FileCompressor.Result {
        try FileCompressor(hooks: hooks).compress(
            source.path.appending(name),
            to: output.path.appending("sub/x.gz"),
            temporary: output.path.appending("temporary")
        )
    }

    @Test(arguments: [0, 1, 262_144, 1_500_000])
    func whatIsReadComesBack(size: Int) throws {
        let bytes = noise(size)
        try source.write(bytes, to: "a")
        let result = try compress("a")
        #expect(result.identity.size == size)
        #expect(result.sha256 == Manifest.digest(of: bytes))
        let back = try FileChecker.contents(ofCompressed: output.path.appending("sub/x.gz"))
        #expect(back.sha256 == result.sha256)
        #expect(back.size == size)
        #expect(try FileIdentity(of: output.path.appending("sub/x.gz")).size == result.compressedSize)
        #expect(try FileSystem.names(in: output.path) == ["sub"])
    }

    @Test func aFileThatGrowsHasChanged() throws {
        let place = try source.write(noise(600_000), to: "a")
        let isDone = Atomic<Bool>(false)
        let hooks = FileHooks(didRead: { _ in
            guard !isDone.exchange(true, ordering: .relaxed) else { return }
            try? OpenFile(creating: place).write(noise(700_000))
        })
        #expect(throws: SourceError.changed(place)) { try compress("a", hooks: hooks) }
        #expect(try FileSystem.names(in: output.path) == [])
    }

    @Test func aFileThatShrinksHasChanged() throws {
        let place = try source.write(noise(600_000), to: "a")
        let hooks = FileHooks(didRead: { _ in _ = place.withCString { truncate($0, 300_000) } })
        #expect(throws: SourceError.changed(place)) { try compress("a", hooks: hooks) }
    }

    @Test func aFileThatIsReplacedHasChanged() throws {
        let place = try source.write("same size", to: "a")
        let other = try source.write("size same", to: "b")
        let hooks = FileHooks(didRead: { _ in try? FileSystem.move(other, to: place) })
        #expect(throws: SourceError.changed(place)) { try compress("a", hooks: hooks) }
    }

    @Test func linksAndPipesAreNotFollowed() throws {
        try source.write("x", to: "a")
        try source.link("link", to: "a")
        try source.makePipe("pipe")
        #expect(throws: SourceError.self) { try compress("link") }
        #expect(throws: SourceError.changed(source.path.appending("pipe"))) { try compress("pipe") }
    }

    @Test func reasonsAreTheSystems() throws {
        let place = try source.write("x", to: "a")
        let hooks = FileHooks(willOpen: { path throws(SystemError) in throw .accessDenied("read", path) })
        let denied = #expect(throws: SourceError.self) { try compress("a", hooks: hooks) }
        #expect(denied?.reason == "Permission denied")
        #expect(denied?.isPassing == false)
        #expect(denied?.description == "cannot read \(place): Permission denied")
        let missing = #expect(throws: SourceError.self) { try compress("missing") }
        #expect(missing?.reason == "No such file or directory")
    }
}
