internal import AloftCore
internal import Testing

extension StoreConformance {
    static let conflicts: [Check] = [
        Check("an open instance stays unless the start says to terminate it") { bench in
            let worker = try await bench.worker()
            for policy in [IDConflictPolicy.fail, .useExisting] {
                for reuse in IDReusePolicy.allCases {
                    let first = try await bench.start()
                    let state = try await bench.state(of: first.instance)
                    let second = first.again {
                        $0.conflictPolicy = policy
                        $0.reusePolicy = reuse
                    }
                    #expect(try await bench.store.start(second) == .exists(state))
                    #expect(try await bench.state(of: first.instance) == state)
                    #expect(try await bench.everyTask(for: worker).map(\.execution) == [first.execution])
                }
            }
        },
        Check("a start that terminates the open instance takes its place, wholly") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + .seconds(3600)
            let old = try await bench.start {
                $0.memo = ["old": "memo"]
                $0.executionTimeout = .seconds(1800)
            }
            let first = try await bench.take(by: worker)
            let transition = first.transition().scheduling(1, eager: true).scheduling(2).settingTimer(3, due: due)
            try await bench.commit(transition)
            let running = first.after(transition)
            try await bench.signal("unread", to: old.instance, id: "id")
            let held = try await bench.take(by: worker)
            let new = old.again {
                $0.conflictPolicy = .terminateExisting
                $0.workflow = "New"
                $0.memo = [:]
                $0.executionTimeout = nil
            }
            #expect(try await bench.store.start(new) == .started)
            let state = try await bench.state(of: new.instance)
            #expect(state.execution == new.execution)
            #expect(state.workflow == "New")
            #expect(state.status == .running)
            #expect(state.historyLength == 0)
            #expect(state.owner == nil)
            #expect(state.memo.isEmpty)
            #expect(state.deadline == nil)
            try await bench.expectConflict(held.transition())
            try await bench.expectConflict(running.transition().settling(running.eager(1)))
            let isWanted = try await bench.store.finish(
                running.eager(1),
                by: worker.worker,
                outcome: .completed(.none)
            )
            #expect(!isWanted)
            #expect(try await bench.store.load(try #require(held.task)) == nil)
            #expect(try await bench.everyActivity(for: worker).isEmpty)
            try await bench.expectNothingDue(by: worker)
            try await bench.signal("one", to: new.instance, id: "id")
            let next = try await bench.take(by: worker)
            #expect(next.bodies == [new.event, .signal("one")], "the ids of deliveries begin anew")
            try await bench.commit(next.transition().completing())
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a start that terminates is recognised when it is repeated") { bench in
            let worker = try await bench.worker()
            let old = try await bench.start()
            let new = old.again { $0.conflictPolicy = .terminateExisting }
            #expect(try await bench.store.start(new) == .started)
            try await bench.commit(try await bench.take(by: worker).transition())
            #expect(try await bench.store.start(new) == .started)
            #expect(try await bench.state(of: new.instance).historyLength == 1)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a start that would terminate does so only if it can start", .payloads(upTo: 1000)) { bench in
            let old = try await bench.start()
            let new = old.again {
                $0.conflictPolicy = .terminateExisting
                $0.input = .bytes(1001)
            }
            await bench.expect(.payloadTooLarge) { try await bench.store.start(new) }
            #expect(try await bench.state(of: old.instance).execution == old.execution)
        },
    ]

    static let reuse: [Check] = [
        Check("a finished instance stays if the reuse policy says so") { bench in
            let worker = try await bench.worker()
            for (policy, completion) in [
                (IDReusePolicy.reject, .failed(.ended)), (.reject, .completed(.none)), (.useExisting, .failed(.ended)),
                (.useExisting, .completed(.none)), (.allowIfFailed, .completed(.none)),
            ] as [(IDReusePolicy, Completion)] {
                for conflict in IDConflictPolicy.allCases {
                    let old = try await bench.finished(completion, by: worker)
                    let state = try await bench.state(of: old.instance)
                    let new = old.again {
                        $0.reusePolicy = policy
                        $0.conflictPolicy = conflict
                    }
                    #expect(try await bench.store.start(new) == .exists(state), "\(policy)")
                    #expect(try await bench.state(of: old.instance) == state)
                    #expect(try await bench.store.completion(of: old.instance) == completion)
                }
            }
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a new instance takes the place of a finished one if the reuse policy says so") { bench in
            let worker = try await bench.worker()
            for (policy, completion) in [
                (IDReusePolicy.allow, .completed(.none)), (.allow, .failed(.ended)), (.allowIfFailed, .failed(.ended)),
                (.allowIfFailed, .cancelled(.ended)),
            ] as [(IDReusePolicy, Completion)] {
                let old = try await bench.finished(completion, by: worker)
                let new = old.again { $0.reusePolicy = policy }
                #expect(try await bench.store.start(new) == .started, "\(policy)")
                try await bench.expectReplaced(old, by: new, worker)
            }
        },
        Check("one that was terminated or timed out counts as failed") { bench in
            let worker = try await bench.worker()
            let terminated = try await bench.start()
            try await bench.store.terminate(terminated.instance, execution: nil, reason: "enough")
            let timedOut = try await bench.start { $0.executionTimeout = .milliseconds(1) }
            try await bench.pass(.milliseconds(2))
            try await bench.tickAll(by: worker)
            for old in [terminated, timedOut] {
                let new = old.again {
                    $0.reusePolicy = .allowIfFailed
                    $0.executionTimeout = nil
                }
                #expect(try await bench.store.start(new) == .started)
                try await bench.expectReplaced(old, by: new, worker)
            }
        },
        Check("under every policy a repeated start is recognised by its execution id") { bench in
            let worker = try await bench.worker()
            for reuse in IDReusePolicy.allCases {
                for conflict in IDConflictPolicy.allCases {
                    let start = try await bench.start {
                        $0.reusePolicy = reuse
                        $0.conflictPolicy = conflict
                    }
                    #expect(try await bench.store.start(start) == .started)
                    try await bench.commit(try await bench.take(by: worker).transition().completing())
                    let state = try await bench.state(of: start.instance)
                    #expect(try await bench.store.start(start) == .started)
                    #expect(try await bench.state(of: start.instance) == state)
                }
            }
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("after the retention of an instance that took another's place nothing is left", .shortRetention) {
            bench in
            guard let footprint = bench.subject.footprint else { return }
            func round() async throws {
                let worker = try await bench.worker()
                let old = try await bench.finished(by: worker)
                let new = old.again {
                    $0.reusePolicy = .allow
                    $0.executionTimeout = .seconds(3600)
                }
                #expect(try await bench.store.start(new) == .started)
                let last = new.again { $0.conflictPolicy = .terminateExisting }
                #expect(try await bench.store.start(last) == .started)
                try await bench.commit(try await bench.take(by: worker).transition().completing())
                try await bench.pass(bench.subject.times.retention + .milliseconds(1))
                try await bench.tickAll(by: worker)
                #expect(try await bench.store.state(of: last.instance) == nil)
                try await bench.leaveAll()
            }
            try await round()
            let before = try await footprint(bench.store)
            for _ in 0..<3 { try await round() }
            #expect(try await footprint(bench.store) == before)
        },
    ]
}

extension InstanceStart {
    /// Another start under the same id.
    func again(_ change: (inout InstanceStart) -> Void = { _ in }) -> InstanceStart {
        var next = self
        next.execution = .random()
        next.input = .text("again")
        change(&next)
        return next
    }
}

extension Failure {
    fileprivate static let ended = Failure(type: "Ended", message: "it did not go well")
}

extension Bench {
    /// Expects a fresh instance where a finished one was, and completes it.
    fileprivate func expectReplaced(
        _ old: InstanceStart,
        by new: InstanceStart,
        _ worker: WorkerRegistration,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let state = try await state(of: new.instance, at: location)
        #expect(state.execution == new.execution, sourceLocation: location)
        #expect(state.status == .running, sourceLocation: location)
        #expect(state.historyLength == 0, sourceLocation: location)
        #expect(state.finishedAt == nil, sourceLocation: location)
        #expect(try await store.history(of: new.instance, after: 0, limit: 10).isEmpty, sourceLocation: location)
        try await expectNothingDue(by: worker, at: location)
        let held = try await take(by: worker, at: location)
        #expect(held.bodies == [new.event], sourceLocation: location)
        try await commit(held.transition().completing(.completed(.text("new"))), at: location)
        #expect(try await store.completion(of: new.instance) == .completed(.text("new")), sourceLocation: location)
    }
}
