import Aloft
import AloftRedis
import ArchiveKit
import LocalRedis
import Synchronization
import Testing

/// A second run takes what the first one did, as far as it is still right.
@Suite struct ResumingTests {
    @Test func whatIsDoneIsNotDoneAgain() async throws {
        let scene = try Scene()
        try scene.source.write("one", to: "a/one")
        try scene.source.write("two", to: "b/two")
        try await withArchiver { archiver, _ in
            let first = try await archiver.run(scene.place)
            #expect(first.archived.count == 2)
            let second = try await archiver.run(scene.place)
            #expect(second.reused.count == 2)
            #expect(second.archived.isEmpty)
        }
    }

    @Test func whatIsNotRightAnyMoreIsDoneAgain() async throws {
        let scene = try Scene()
        try scene.source.write("one", to: "a/one")
        try scene.source.write("two", to: "a/two")
        try scene.source.write("x", to: "b/x")
        try await withArchiver { archiver, _ in
            _ = try await archiver.run(scene.place)

            try FileSystem.removeFile(scene.output.path.appending("a/one.gz"))
            let second = try await archiver.run(scene.place)
            #expect([second.reasons.count, second.archived.count, second.reused.count] == [1, 1, 1])

            try scene.source.write("longer than before", to: "a/one")
            try FileSystem.removeFile(scene.source.path.appending("a/two"))
            let third = try await archiver.run(scene.place)
            #expect(third.reasons == ["the folder has changed since"])
            // What the folder does not have any more leaves the archive, too.
            let names = try FileSystem.names(in: scene.output.path.appending("a"))
            #expect(Set(names) == ["one.gz", "MANIFEST.json", "MANIFEST.sha256"])

            try scene.output.write("{}", to: "a/MANIFEST.json")
            let fourth = try await archiver.run(scene.place)
            #expect(fourth.reasons.count == 1)
            #expect(try await scene.differences() == [])
        }
    }

    @Test func anOpenInstanceIsJoined() async throws {
        let scene = try Scene()
        try scene.source.write("one", to: "a/one")
        let job = try #require(try scene.place.jobs().first)
        try await withLocalRedis { redis in
            let store = try await RedisStore(.init(url: redis.url), logger: silent)
            let client = WorkflowClient(store: store)
            // The first run ends before a worker was there.
            try await client.start(ArchiveFolder.self, job, id: job.id, queue: ArchiveFolder.queue)
            let worker = startWorker(store, ArchiveTools())
            let witness = try await Archiver(client: client).run(scene.place)
            #expect(witness.resumed == 1)
            #expect(witness.archived.map(\.files) == [1])
            worker.cancel()
            try await worker.value
            await store.shutdown()
        }
    }

    /// An instance that failed loses nothing that it had finished: files that are archived are not read again.
    @Test func finishedPartsOutliveAFailure() async throws {
        let scene = try Scene()
        for name in ["a/1", "a/2", "a/3"] { try scene.source.write("contents of \(name)", to: BytePath(name)) }
        // In the way of what should be written.
        try scene.output.write("x", to: "a/2.gz/obstacle")
        let opened = Mutex<[BytePath]>([])
        let hooks = FileHooks(willOpen: { path throws(SystemError) in
            opened.withLock { $0.append(path.lastComponent) }
        })
        var plan = BatchPlan()
        plan.maximumFiles = 1
        try await withArchiver(tools: ArchiveTools(hooks: hooks, plan: plan)) { archiver, _ in
            let first = try await archiver.run(scene.place)
            #expect(first.failures.count == 1)
            #expect(first.failures.first?.contains("2.gz: Is a directory") == true, "\(first.failures)")

            try FileSystem.removeTree(scene.output.path.appending("a/2.gz"))
            opened.withLock { $0 = [] }
            let second = try await archiver.run(scene.place)
            #expect(second.reasons.count == 1)
            #expect(second.reasons.first?.hasPrefix("it failed before: ") == true, "\(second.reasons)")
            #expect(second.archived.map(\.files) == [3])
            #expect(opened.withLock { $0 } == ["a", "2"])
            #expect(try await scene.differences() == [])
        }
    }

    @Test func filesThatCouldNotBeReadAreTriedAgain() async throws {
        let scene = try Scene()
        try scene.source.write("x", to: "a/file")
        let isClosed = Atomic<Bool>(true)
        let hooks = FileHooks(willOpen: { path throws(SystemError) in
            if path.lastComponent == "file", isClosed.load(ordering: .relaxed) { throw .accessDenied("read", path) }
        })
        try await withArchiver(tools: ArchiveTools(hooks: hooks)) { archiver, _ in
            let first = try await archiver.run(scene.place)
            #expect(first.archived.map(\.failed) == [1])
            isClosed.store(false, ordering: .relaxed)
            let second = try await archiver.run(scene.place)
            #expect(second.archived.map(\.failed) == [0])
            #expect(second.reasons == ["not all of it could be read last time"])
        }
    }
}
