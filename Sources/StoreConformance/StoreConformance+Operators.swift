internal import AloftCore
internal import Testing

// What operators see of workers and of what went wrong, and the hand that they lend.
extension StoreConformance {
    static let operators: [Check] = [
        Check("live workers are seen with what they serve and know") { bench in
            #expect(try await bench.store.workers().isEmpty)
            let before = bench.store.now
            let first = try await bench.worker(workflows: ["a", "b"], activities: [], knowing: ["One", "Two"])
            try await bench.pass(bench.step)
            let second = try await bench.worker(workflows: [], activities: ["b"])
            let states = try await bench.store.workers()
            #expect(states.map(\.registration) == [first, second])
            #expect(states.map(\.instances) == [0, 0])
            #expect(states.map(\.tasks) == [0, 0])
            for state in states {
                let since = try #require(state.since)
                #expect(since >= before && since <= state.lastBeat && state.lastBeat <= bench.store.now)
            }
            try await bench.leave(first)
            #expect(try await bench.store.workers().map(\.registration) == [second])
        },
        Check("the beat of a worker is seen, and does not change since when it is there") { bench in
            let worker = try await bench.worker()
            let first = try #require(try await bench.store.workers().first)
            try await bench.pass(bench.step)
            #expect(try await bench.store.beat(worker, isFirst: false))
            let second = try #require(try await bench.store.workers().first)
            #expect(second.since == first.since)
            #expect(second.lastBeat >= first.lastBeat + bench.step)
        },
        Check("a worker that is silent for longer than its lease is not seen", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"], activities: [])
            let victim = try await bench.worker()
            try await bench.kill(victim, witness: witness)
            #expect(try await bench.store.workers().map(\.registration.worker) == [witness.worker])
            #expect(try await bench.store.work(of: victim.worker, limit: 10).isEmpty)
        },
        Check("what a worker has in hand is seen and counted") { bench in
            let worker = try await bench.worker()
            let other = try await bench.worker(workflows: [], activities: ["special"])
            func counts(_ worker: WorkerRegistration) async throws -> [Int] {
                let state = try await bench.store.workers().first { $0.registration.worker == worker.worker }
                return state.map { [$0.instances, $0.tasks] } ?? []
            }
            func work(_ worker: WorkerRegistration, limit: Int = 100) async throws -> Set<HeldWork> {
                let work = try await bench.store.work(of: worker.worker, limit: limit)
                #expect(work.count <= limit)
                #expect(Set(work).count == work.count)
                return Set(work)
            }
            try await bench.start()
            let held = try await bench.take(by: worker)
            #expect(try await counts(worker) == [0, 1])
            #expect(try await work(worker) == [HeldWork(instance: held.instance)])
            let transition = held.transition().scheduling(1, on: "special").scheduling(2).scheduling(3, eager: true)
            try await bench.commit(transition)
            #expect(try await counts(worker) == [1, 0])
            #expect(try await work(worker) == [HeldWork(instance: held.instance)])
            _ = try await bench.takeActivity(by: other)
            _ = try await bench.takeActivity(by: worker)
            #expect(try await counts(other) == [0, 1])
            #expect(try await work(other) == [HeldWork(instance: held.instance, command: CommandID(1))])
            #expect(try await counts(worker) == [1, 1])
            let both: Set = [
                HeldWork(instance: held.instance), HeldWork(instance: held.instance, command: CommandID(2)),
            ]
            #expect(try await work(worker) == both)
            #expect(try await work(worker, limit: 1).isSubset(of: both))
            #expect(try await work(worker, limit: 0).isEmpty)
            try await bench.leave(worker)
            #expect(try await work(worker).isEmpty)
            #expect(try await work(other).count == 1)
            await bench.expect(.invalidIdentifier) { try await bench.store.work(of: "", limit: 1) }
        },
        Check("an activity that waits for its next attempt has it when told to, and once") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true).scheduling(2) }
            let command = CommandID(1)
            func retryNow(_ number: Int) async throws -> Bool {
                try await bench.store.retryNow(CommandID(number), of: running.instance)
            }
            #expect(try await retryNow(1) == false, "it runs")
            #expect(try await retryNow(2) == false, "it is queued")
            #expect(try await retryNow(3) == false, "there is none")
            let failure = Failure(type: "F", message: "f")
            let retry = ActivityOutcome.retry(after: .seconds(3600), failure)
            #expect(try await bench.store.finish(running.eager(1), by: worker.worker, outcome: retry))
            #expect(try await retryNow(1))
            #expect(try await retryNow(1) == false)
            let pending = try await bench.store.pendingActivities(of: running.instance)
            #expect(pending.first?.position == .queued)
            #expect(pending.first?.attempt == 2)
            #expect(pending.first?.lastFailure == failure)
            try await bench.expectNothingDue(by: worker)
            let tasks = try await bench.everyActivity(for: worker)
            let task = try #require(tasks.first { $0.scheduled.command == command })
            #expect(task.lease.attempt == 2)
            for task in tasks {
                #expect(try await bench.store.finish(task, by: worker.worker, outcome: .completed(.none)))
            }
            #expect(try await retryNow(1) == false, "it has its outcome")
            await bench.expect(.instanceNotFound) { try await bench.store.retryNow(command, of: "nobody") }
            await bench.expect(.invalidIdentifier) { try await bench.store.retryNow(command, of: "") }
            try await bench.store.terminate(running.instance, execution: nil, reason: "enough")
            await bench.expect(.instanceFinished) { try await bench.store.retryNow(command, of: running.instance) }
        },
        Check("what finished last is told first, by status") { bench in
            let worker = try await bench.worker()
            #expect(try await bench.store.recentlyFinished([.failed, .completed], limit: 10).isEmpty)
            let failure = Completion.failed(Failure(type: "F", message: "f"))
            var finished: [InstanceID] = []
            for number in 0..<6 {
                let end = number % 2 == 0 ? failure : .completed(.none)
                finished.append(try await bench.finished(end, by: worker).instance)
                try await bench.pass(.milliseconds(2))
            }
            let open = try await bench.start()
            func recent(_ statuses: Set<InstanceStatus>, limit: Int = 10) async throws -> [InstanceID] {
                let states = try await bench.store.recentlyFinished(statuses, limit: limit)
                for state in states { #expect(try await bench.state(of: state.instance) == state) }
                return states.map(\.instance)
            }
            #expect(try await recent([.failed]) == [4, 2, 0].map { finished[$0] })
            #expect(try await recent([.failed], limit: 2) == [4, 2].map { finished[$0] })
            #expect(try await recent([.failed, .completed], limit: 4) == [5, 4, 3, 2].map { finished[$0] })
            #expect(try await recent([.cancelled, .running]).isEmpty)
            #expect(try await recent([]).isEmpty)
            #expect(try await recent([.failed], limit: 0).isEmpty)
            try await bench.store.remove(finished[4])
            #expect(try await recent([.failed]) == [2, 0].map { finished[$0] })
            #expect(try await bench.state(of: open.instance).status == .running)
        },
        Check("instances are found by what their ids begin with, byte by byte") { bench in
            let names: [InstanceID] = ["order-1", "order-12", "Order-1", "order", "é-1", "e\u{301}-1", "order-%", "o*"]
            for name in names {
                _ = try await bench.start { $0.instance = name }
                try await bench.pass(.milliseconds(2))
            }
            func find(_ prefix: String, _ filter: InstanceFilter = InstanceFilter()) async throws -> [InstanceID] {
                var filter = filter
                filter.idPrefix = prefix
                var found: [InstanceID] = []
                var cursor: InstanceCursor?
                repeat {
                    let page = try await bench.store.instances(matching: filter, after: cursor, limit: 2)
                    found += page.instances.map(\.instance)
                    cursor = page.next
                } while cursor != nil
                return found
            }
            #expect(try await find("order-1") == ["order-12", "order-1"])
            #expect(try await find("order-12") == ["order-12"])
            #expect(try await find("order") == ["order-%", "order", "order-12", "order-1"])
            #expect(try await find("é") == ["é-1"])
            #expect(try await find("order-%") == ["order-%"])
            #expect(try await find("o*") == ["o*"])
            #expect(try await find("rder").isEmpty)
            #expect(try await find("").count == names.count)
            try await bench.store.terminate("order-1", execution: nil, reason: "enough")
            #expect(try await find("order-1", InstanceFilter(statuses: [.running])) == ["order-12"])
        },
    ]
}
