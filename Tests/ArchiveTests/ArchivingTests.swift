import Aloft
import ArchiveKit
import Synchronization
import Testing

/// The whole way: client, Redis, worker, files.
@Suite struct ArchivingTests {
    @Test func aTreeIsArchivedWholly() async throws {
        let scene = try Scene()
        let odd = BytePath(bytes: [0x6f, 0xff])
        try scene.source.write("own", to: "own file")
        try scene.source.write(noise(2_500_000), to: "a/large")
        for number in 0..<40 { try scene.source.write("\(number)", to: BytePath("a/many/\(number)")) }
        try scene.source.write("", to: BytePath("b").appending(odd))
        try scene.source.link("b/link", to: "../a")
        try scene.source.makePipe("b/pipe")

        let witness = try await withArchiver { archiver, _ in try await archiver.run(scene.place) }
        var total = ArchiveResult()
        for result in witness.archived { total += result }
        #expect(witness.archived.count == 3)
        #expect(total.files == 43)
        #expect(total.bytesIn == 2_500_000 + 3 + 10 + 60)
        #expect([total.links, total.skipped, total.failed, total.retries] == [1, 1, 0, 0])
        #expect(try await scene.differences() == [])

        let manifest = try Manifest.read(in: scene.output.path.appending("b"))
        #expect(manifest.files.map(\.path) == [odd])
        #expect(manifest.links == [ListedLink(path: "link", target: "../a")])
        #expect(manifest.skipped == [SkippedItem(path: "pipe", kind: .pipe)])
        // Nothing unfinished is left.
        let names: Set<BytePath> = ["MANIFEST.json", "MANIFEST.sha256", "own file.gz", "a", "b"]
        #expect(try Set(FileSystem.names(in: scene.output.path)) == names)
    }

    @Test func historiesStaySmall() async throws {
        let scene = try Scene()
        for number in 0..<500 { try scene.source.write("\(number)", to: BytePath("a/\(number)")) }
        try await withArchiver { archiver, client in
            let witness = try await archiver.run(scene.place)
            #expect(witness.archived.map(\.files) == [500])
            let job = try #require(try scene.place.jobs().first)
            let history = try await client.handle(job.id, of: ArchiveFolder.self).history()
            // 500 files are 32 batches of two activities; three more activities, the start and the end.
            let events = 1 + 2 * (2 * 32 + 3) + 1
            #expect(history.count == events)
        }
    }

    @Test func unreadableFilesAreRecorded() async throws {
        let scene = try Scene()
        try scene.source.write("x", to: "a/open")
        try scene.source.write("x", to: "a/closed")
        let hooks = FileHooks(willOpen: { path throws(SystemError) in
            if path.lastComponent == "closed" { throw .accessDenied("read", path) }
        })
        let witness = try await withArchiver(tools: ArchiveTools(hooks: hooks)) { archiver, _ in
            try await archiver.run(scene.place)
        }
        #expect(witness.archived.map(\.failed) == [1])
        // What another try does not change is not tried again.
        #expect(witness.archived.map(\.retries) == [0])
        let manifest = try Manifest.read(in: scene.output.path.appending("a"))
        #expect(manifest.failed == [FailedItem(path: "closed", reason: "Permission denied")])
        #expect(manifest.files.map(\.path) == ["open"])
    }

    @Test func aFileThatChangesOnceIsReadAgain() async throws {
        let scene = try Scene()
        let place = try scene.source.write("before", to: "a/file")
        let isDone = Atomic<Bool>(false)
        let hooks = FileHooks(didRead: { _ in
            guard !isDone.exchange(true, ordering: .relaxed) else { return }
            try? OpenFile(creating: place).write(Array("afterwards".utf8))
        })
        let witness = try await withArchiver(tools: ArchiveTools(hooks: hooks)) { archiver, _ in
            try await archiver.run(scene.place)
        }
        #expect(witness.archived.map(\.retries) == [1])
        #expect(try await scene.differences() == [])
    }

    @Test func aFileThatKeepsChangingIsRecorded() async throws {
        let scene = try Scene()
        let place = try scene.source.write("", to: "a/file")
        try scene.source.write("x", to: "a/other")
        let size = Atomic<Int>(0)
        let hooks = FileHooks(
            willOpen: { path throws(SystemError) in
                guard path == place else { return }
                try OpenFile(creating: place).write([UInt8](repeating: 1, count: size.load(ordering: .relaxed) + 1))
            },
            didRead: { path in
                guard path == place else { return }
                let count = size.add(1, ordering: .relaxed).newValue
                try? OpenFile(creating: place).write([UInt8](repeating: 1, count: count + 1))
            }
        )
        let witness = try await withArchiver(tools: ArchiveTools(hooks: hooks)) { archiver, _ in
            try await archiver.run(scene.place)
        }
        #expect(witness.archived.map(\.retries) == [ArchiveFolder.retry.maximumAttempts - 1])
        let manifest = try Manifest.read(in: scene.output.path.appending("a"))
        #expect(manifest.failed == [FailedItem(path: "file", reason: "changed while being read")])
        #expect(manifest.files.map(\.path) == ["other"])
    }

    @Test func whatIsDamagedBeforeItIsReadBackIsMadeAgain() async throws {
        let scene = try Scene()
        try scene.source.write("contents", to: "a/file")
        let isDone = Atomic<Bool>(false)
        let hooks = FileHooks(willCheck: { path in
            guard !isDone.exchange(true, ordering: .relaxed) else { return }
            try? OpenFile(creating: path).write(Array("rubbish".utf8))
        })
        let witness = try await withArchiver(tools: ArchiveTools(hooks: hooks)) { archiver, _ in
            try await archiver.run(scene.place)
        }
        #expect(witness.failures == [])
        let wasDamaged = isDone.load(ordering: .relaxed)
        #expect(wasDamaged)
        #expect(try await scene.differences() == [])
    }
}
