internal import AloftCore
internal import Testing

extension StoreConformance {
    static let listing: [Check] = [
        Check("instances are listed newest first, with their states") { bench in
            let worker = try await bench.worker()
            #expect(try await bench.list().isEmpty)
            var started: [InstanceID] = []
            for _ in 0..<5 {
                started.append(try await bench.start { $0.memo = ["a": "b"] }.instance)
                try await bench.pass(.milliseconds(2))
            }
            for _ in 0..<2 { try await bench.commit(try await bench.take(by: worker).transition().completing()) }
            let states = try await bench.list()
            #expect(states.map(\.instance) == started.reversed())
            for state in states { #expect(try await bench.state(of: state.instance) == state) }
            #expect(states.map(\.status) == [.running, .running, .running, .completed, .completed])
        },
        Check("instances of one millisecond are listed by descending id, byte by byte") { bench in
            guard bench.subject.isVirtual else { return }
            let names: [InstanceID] = ["b", "a", "ab", "B", "é", "e\u{301}", "z", "🕊", "10", "9"]
            for name in names { _ = try await bench.start { $0.instance = name } }
            let sorted = names.sorted(by: >)
            #expect(try await bench.list().map(\.instance) == sorted)
            #expect(try await bench.list(pagesOf: 1).map(\.instance) == sorted)
        },
        Check("pages follow each other without loss or repeats, while instances are added") { bench in
            var started: [InstanceID] = []
            for _ in 0..<25 { started.append(try await bench.start().instance) }
            for size in [1, 3, 25, 100] {
                var seen: [InstanceID] = []
                var cursor: InstanceCursor?
                repeat {
                    let page = try await bench.store.instances(matching: InstanceFilter(), after: cursor, limit: size)
                    #expect(page.instances.count <= size)
                    seen += page.instances.map(\.instance)
                    cursor = page.next
                    if cursor != nil {
                        // It must be newer than all: in the same millisecond the order is that of the ids.
                        try await bench.pass(.milliseconds(2))
                        try await bench.start()
                    }
                } while cursor != nil
                #expect(Set(started).isSubset(of: seen))
                #expect(Set(seen).count == seen.count, "no repeats")
                let ids = try await bench.list().map(\.instance)
                #expect(ids.filter(Set(seen).contains) == seen, "in order")
            }
        },
        Check("instances that vanish between pages take no others with them") { bench in
            let worker = try await bench.worker()
            var started: [InstanceID] = []
            for _ in 0..<10 {
                started.append(try await bench.finished(by: worker).instance)
                try await bench.pass(.milliseconds(2))
            }
            started.reverse()
            let first = try await bench.store.instances(matching: InstanceFilter(), after: nil, limit: 4)
            let cursor = try #require(first.next)
            // The very one that the cursor names, one before and one behind it.
            for index in [0, 3, 5] { try await bench.store.remove(started[index]) }
            let rest = try await bench.list(after: cursor).map(\.instance)
            #expect(rest == started.suffix(6).filter { $0 != started[5] })
        },
        Check("a filter leaves what meets all its conditions") { bench in
            let worker = try await bench.worker()
            let other = try await bench.worker(workflows: ["other"])
            let failed = try await bench.finished(.failed(Failure(type: "F", message: "f")), by: worker)
            try await bench.pass(.milliseconds(2))
            let completed = try await bench.finished(by: worker)
            try await bench.pass(.milliseconds(2))
            let running = try await bench.start {
                $0.workflow = "Other"
                $0.queue = "other"
            }
            try await bench.commit(try await bench.take(by: other).transition())
            try await bench.pass(.milliseconds(2))
            let terminated = try await bench.start { $0.workflow = "Other" }
            try await bench.store.terminate(terminated.instance, execution: nil, reason: "enough")
            try await bench.pass(.milliseconds(2))
            let timedOut = try await bench.start {
                $0.queue = "other"
                $0.executionTimeout = .milliseconds(1)
            }
            try await bench.pass(.milliseconds(2))
            try await bench.tickAll(by: worker)
            let all = [timedOut, terminated, running, completed, failed].map(\.instance)
            func expect(
                _ indices: [Int],
                at location: SourceLocation = #_sourceLocation,
                _ filter: InstanceFilter
            ) async throws {
                for size in [1, 100] {
                    let found = try await bench.list(filter, pagesOf: size).map(\.instance)
                    #expect(found == indices.map { all[$0] }, sourceLocation: location)
                }
            }
            try await expect([0, 1, 2, 3, 4], InstanceFilter())
            try await expect([2], InstanceFilter(statuses: [.running]))
            try await expect([3], InstanceFilter(statuses: [.completed]))
            try await expect([1, 4], InstanceFilter(statuses: [.failed, .terminated]))
            try await expect([0], InstanceFilter(statuses: [.timedOut]))
            try await expect([], InstanceFilter(statuses: [.cancelled]))
            try await expect([1, 2], InstanceFilter(workflow: "Other"))
            try await expect([], InstanceFilter(workflow: "other"))
            try await expect([0, 2], InstanceFilter(queue: "other"))
            try await expect([2], InstanceFilter(workflow: "Other", queue: "other"))
            try await expect([1], InstanceFilter(statuses: [.terminated, .completed], workflow: "Other"))
            let moment = try await bench.state(of: running.instance).createdAt
            try await expect([0, 1, 2], InstanceFilter(createdAfter: moment))
            try await expect([3, 4], InstanceFilter(createdBefore: moment))
            try await expect([0, 1], InstanceFilter(createdAfter: moment + .milliseconds(1)))
            try await expect([2], InstanceFilter(createdAfter: moment, createdBefore: moment + .milliseconds(1)))
            try await expect([4], InstanceFilter(statuses: [.failed, .running], createdBefore: moment))
            try await expect([], InstanceFilter(createdAfter: moment, createdBefore: moment))
        },
        Check("hundreds of instances that do not match do not end a list") { bench in
            let first = try await bench.start { $0.workflow = "Rare" }
            for _ in 0..<300 { try await bench.start() }
            try await bench.pass(.milliseconds(2))
            let last = try await bench.start { $0.workflow = "Rare" }
            let found = try await bench.list(InstanceFilter(workflow: "Rare"), pagesOf: 5)
            #expect(found.map(\.instance) == [last.instance, first.instance])
        },
        Check("an instance is listed once, whatever happens to it") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            for isLast in [false, true] {
                let transition = try await bench.take(by: worker).transition()
                try await bench.commit(isLast ? transition : transition.continuing())
            }
            let (_, child) = try await bench.parent(by: worker)
            let replaced = try await bench.finished(by: worker)
            #expect(try await bench.store.start(replaced.again { $0.reusePolicy = .allow }) == .started)
            let ids = try await bench.list().map(\.instance)
            #expect(ids.count == 4)
            #expect(Set(ids).isSuperset(of: [start.instance, child.instance, replaced.instance]))
        },
        Check("instances are counted by status, until they are gone", .shortRetention) { bench in
            let worker = try await bench.worker()
            #expect(try await bench.counts() == [:])
            let removed = try await bench.finished(by: worker)
            _ = try await bench.finished(.failed(Failure(type: "F", message: "f")), by: worker)
            let terminated = try await bench.start()
            try await bench.store.terminate(terminated.instance, execution: nil, reason: "enough")
            let running = try await bench.begin(by: worker)
            let delayed = try await bench.start { $0.moment = .after(.seconds(3600)) }
            #expect(try await bench.counts() == [.completed: 1, .failed: 1, .terminated: 1, .running: 2])
            try await bench.store.remove(removed.instance)
            #expect(try await bench.store.start(terminated.again { $0.reusePolicy = .allow }) == .started)
            #expect(try await bench.counts() == [.failed: 1, .running: 3])
            try await bench.pass(bench.subject.times.retention + .milliseconds(1))
            try await bench.tickAll(by: worker)
            #expect(try await bench.counts() == [.running: 3])
            #expect(
                Set(try await bench.list().map(\.instance)) == [
                    running.instance, delayed.instance, terminated.instance,
                ]
            )
        },
        Check("a store tells its limits", Demand(payloadLimit: 1000, historyLimit: 10)) { bench in
            #expect(bench.store.limits == StoreLimits(payloadBytes: 1000, historyLength: 10))
        },
    ]

    static let bulkRemoval: [Check] = [
        Check("finished instances are removed in bulk, oldest first, up to a limit") { bench in
            let worker = try await bench.worker()
            let open = try await bench.begin(by: worker)
            var finished: [InstanceID] = []
            for _ in 0..<5 {
                finished.append(try await bench.finished(by: worker).instance)
                try await bench.pass(.milliseconds(2))
            }
            let future = bench.store.now + .seconds(60)
            var removal = try await bench.store.removeFinished([], before: future, limit: 0)
            #expect(removal == Removal(removed: 0, isMoreToRemove: true))
            removal = try await bench.store.removeFinished([], before: future, limit: 2)
            #expect(removal == Removal(removed: 2, isMoreToRemove: true))
            #expect(try await bench.list().map(\.instance) == finished[2...].reversed() + [open.instance])
            removal = try await bench.store.removeFinished([], before: future, limit: 3)
            #expect(removal == Removal(removed: 3, isMoreToRemove: false))
            for limit in [0, 3, .max] {
                removal = try await bench.store.removeFinished([], before: future, limit: limit)
                #expect(removal == Removal(removed: 0, isMoreToRemove: false))
            }
            #expect(try await bench.list().map(\.instance) == [open.instance])
        },
        Check("only those of a status, and those that finished before a moment, are removed") { bench in
            let worker = try await bench.worker()
            let failure = Failure(type: "F", message: "f")
            let failed = try await bench.finished(.failed(failure), by: worker)
            let cancelled = try await bench.finished(.cancelled(failure), by: worker)
            let completed = try await bench.finished(by: worker)
            try await bench.pass(.milliseconds(2))
            let late = try await bench.finished(.failed(failure), by: worker)
            let moment = try #require(try await bench.state(of: late.instance).finishedAt)
            let running = try await bench.begin(by: worker)
            #expect(
                try await bench.store.removeFinished([.failed, .terminated], before: moment, limit: 10).removed == 1
            )
            #expect(try await bench.store.state(of: failed.instance) == nil)
            #expect(try await bench.store.removeFinished([.timedOut], before: moment, limit: 10).removed == 0)
            #expect(try await bench.store.removeFinished([.running], before: moment, limit: 10).removed == 0)
            #expect(try await bench.store.removeFinished([], before: moment, limit: 10).removed == 2)
            let left = Set(try await bench.list().map(\.instance))
            #expect(left == [late.instance, running.instance])
            for start in [cancelled, completed] { #expect(try await bench.store.state(of: start.instance) == nil) }
        },
        Check("what is removed in bulk is gone wholly, and its id is free", .keptContinuations) { bench in
            let worker = try await bench.worker()
            guard let footprint = bench.subject.footprint else { return }
            func round() async throws {
                let start = try await bench.start {
                    $0.memo = ["a": "b"]
                    $0.executionTimeout = .seconds(3600)
                }
                try await bench.signal("one", to: start.instance, id: "id")
                try await bench.commit(try await bench.take(by: worker).transition().continuing())
                try await bench.commit(try await bench.take(by: worker).transition().completing())
                let moment = bench.store.now + .seconds(60)
                #expect(try await bench.store.removeFinished([], before: moment, limit: 10).removed == 1)
                await bench.expect(.instanceNotFound) { try await bench.store.completion(of: start.instance) }
                try await bench.expectNothingDue(by: worker)
                try await bench.pass(bench.subject.times.retention + .milliseconds(1))
                try await bench.tickAll(by: worker)
            }
            try await round()
            let before = try await footprint(bench.store)
            for _ in 0..<2 { try await round() }
            #expect(try await footprint(bench.store) == before)
        },
        Check("hundreds of instances are removed in a few calls") { bench in
            let worker = try await bench.worker()
            for _ in 0..<250 { _ = try await bench.finished(by: worker) }
            let moment = bench.store.now + .seconds(60)
            var removed = 0
            for _ in 0..<250 {
                let removal = try await bench.store.removeFinished([.completed], before: moment, limit: 100)
                #expect(removal.removed <= 100)
                removed += removal.removed
                guard removal.isMoreToRemove else { break }
            }
            #expect(removed == 250)
            #expect(try await bench.counts() == [:])
        },
    ]
}

extension Bench {
    /// Every instance that matches, page by page.
    func list(
        _ filter: InstanceFilter = InstanceFilter(),
        pagesOf size: Int = 100,
        after start: InstanceCursor? = nil
    ) async throws -> [InstanceState] {
        var found: [InstanceState] = []
        var cursor = start
        for _ in 0..<1000 {
            let page = try await store.instances(matching: filter, after: cursor, limit: size)
            #expect(page.instances.count <= size)
            found += page.instances
            cursor = page.next
            if cursor == nil { return found }
        }
        throw Disappointment("a list without end")
    }

    /// How many instances there are of each status that any has.
    fileprivate func counts() async throws -> [InstanceStatus: Int] {
        try await store.instanceCounts().filter { $0.value != 0 }
    }
}
