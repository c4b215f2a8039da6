internal import AloftCore
internal import Testing

extension StoreConformance {
    static let moments: [Check] = [
        Check("a delayed start has its task when its moment comes, not before") { bench in
            let worker = try await bench.worker()
            let before = bench.store.now
            let delay = bench.step * 3 + .milliseconds(7)
            let start = try await bench.start { $0.moment = .after(delay) }
            let state = try await bench.state(of: start.instance)
            let moment = try #require(state.startsAt)
            #expect(state.status == .running)
            #expect(moment == state.createdAt + delay)
            #expect(state.createdAt >= before)
            #expect(try await bench.everyTask(for: worker).isEmpty)
            try await bench.expectDue(notBefore: moment, by: worker)
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [start.event])
            #expect(held.inputs.allSatisfy { $0.timestamp >= moment }, "its time begins when its code does")
            let begun = try await bench.state(of: start.instance)
            #expect(begun.startsAt == nil)
            #expect(begun.createdAt == state.createdAt)
            try await bench.commit(held.transition())
            try await bench.expectNothingDue(by: worker)
            #expect(try await bench.everyTask(for: worker).isEmpty, "it begins once")
        },
        Check("a start at a moment begins then") { bench in
            let worker = try await bench.worker()
            let moment = bench.store.now + bench.step * 3
            let start = try await bench.start { $0.moment = .at(moment) }
            #expect(try await bench.state(of: start.instance).startsAt == moment)
            try await bench.expectDue(notBefore: moment, by: worker)
            #expect(try await bench.take(by: worker).bodies == [start.event])
        },
        Check("a start whose moment has passed begins at once") { bench in
            let worker = try await bench.worker()
            let now = bench.store.now
            let moments: [StartMoment] = [.after(.zero), .after(.seconds(-5)), .at(now), .at(now + .seconds(-5))]
            for moment in moments {
                let start = try await bench.start { $0.moment = moment }
                #expect(try await bench.state(of: start.instance).startsAt == nil)
                #expect(try await bench.take(by: worker).instance == start.instance)
            }
            try await bench.expectNothingDue(by: worker)
        },
        Check("signals before the moment of a start are taken, and make no task") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start { $0.moment = .after(bench.step * 3) }
            let moment = try #require(try await bench.state(of: start.instance).startsAt)
            try await bench.signal("one", to: start.instance, id: "id")
            try await bench.signal("two", to: start.instance)
            try await bench.signal("again", to: start.instance, id: "id")
            #expect(try await bench.everyTask(for: worker).isEmpty)
            #expect(try await bench.state(of: start.instance).startsAt == moment)
            try await bench.expectDue(notBefore: moment, by: worker)
            #expect(try await bench.take(by: worker).bodies == [start.event, .signal("one"), .signal("two")])
        },
        Check("a request to cancel does not wait for the moment of a start") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start { $0.moment = .after(.seconds(3600)) }
            try await bench.signal("one", to: start.instance)
            let cancel = EventBody.cancelRequested(reason: "enough")
            try await bench.store.deliver(cancel, to: start.instance, execution: nil, id: nil)
            #expect(try await bench.state(of: start.instance).startsAt == nil)
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [start.event, .signal("one"), cancel])
            let report = try await bench.tick(by: worker)
            #expect(
                held.inputs.allSatisfy { $0.timestamp <= report.now },
                "its time is not the moment it did not wait for"
            )
            try await bench.expectNothingDue(by: worker)
            try await bench.commit(held.transition())
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a delayed start that is repeated changes nothing") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start { $0.moment = .after(bench.step * 3) }
            let state = try await bench.state(of: start.instance)
            #expect(try await bench.store.start(start) == .started)
            #expect(try await bench.state(of: start.instance) == state)
            try await bench.expectDue(notBefore: try #require(state.startsAt), by: worker)
            #expect(try await bench.everyTask(for: worker).count == 1)
        },
    ]

    static let timeouts: [Check] = [
        Check("the deadline of an instance is told, counted from its start or from the moment it begins") { bench in
            let timeout = Duration.seconds(3600)
            let now = try await bench.start { $0.executionTimeout = timeout }
            let state = try await bench.state(of: now.instance)
            #expect(state.deadline == state.createdAt + timeout)
            let later = try await bench.start {
                $0.moment = .after(.seconds(600))
                $0.executionTimeout = timeout
            }
            let delayed = try await bench.state(of: later.instance)
            #expect(delayed.deadline == delayed.createdAt + .seconds(4200))
            #expect(try await bench.state(of: try await bench.start().instance).deadline == nil)
        },
        Check("an instance is ended by its execution timeout, not before") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start {
                // A name that has to be quoted in what the failure says.
                $0.instance = #"instance/"ü" \ %1"#
                $0.executionTimeout = bench.step * 3
            }
            let deadline = try #require(try await bench.state(of: start.instance).deadline)
            let waiter = bench.waiter(for: start.instance)
            try await bench.commit(try await bench.take(by: worker).transition())
            try await bench.expectDue(notBefore: deadline, by: worker)
            let completion = try await waiter.value
            guard case .timedOut(let failure) = completion else { throw Disappointment("\(completion)") }
            #expect(failure == TimeoutError(limit: "execution timeout", subject: "instance \(start.instance)").failure)
            let state = try await bench.state(of: start.instance)
            #expect(state.status == .timedOut)
            #expect(state.owner == nil)
            #expect(state.historyLength == 2)
            let last = try #require(try await bench.lastEvent(of: start.instance))
            #expect(last.number == 2)
            #expect(last.body == .workflowTimedOut(failure))
            #expect(last.timestamp >= deadline)
            #expect(last.timestamp == state.finishedAt)
            try await bench.expectNothingDue(by: worker)
        },
        Check("what an instance had in flight ends with its execution timeout") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + .seconds(3600)
            try await bench.start { $0.executionTimeout = bench.step * 2 }
            let held = try await bench.take(by: worker)
            let transition = held.transition().scheduling(1, eager: true).scheduling(2).settingTimer(3, due: due)
            try await bench.commit(transition)
            let running = held.after(transition)
            try await bench.signal("unread", to: running.instance)
            let next = try await bench.take(by: worker)
            try await bench.pass(bench.step * 2)
            #expect(try await bench.tickAll(by: worker) == 1)
            try await bench.expectDone(running, next, worker)
        },
        Check("an instance that has not begun when its time is over is ended") { bench in
            let worker = try await bench.worker(workflows: ["other"])
            let start = try await bench.start { $0.executionTimeout = bench.step }
            try await bench.pass(bench.step)
            #expect(try await bench.tickAll(by: worker) == 1)
            #expect(try await bench.state(of: start.instance).status == .timedOut)
            let history = try await bench.store.history(of: start.instance, after: 0, limit: 10)
            #expect(history.map(\.number) == [1])
            let late = try await bench.worker()
            #expect(try await bench.everyTask(for: late).isEmpty)
        },
        Check("an instance that finishes in time leaves no timeout behind") { bench in
            let worker = try await bench.worker()
            try await bench.start { $0.executionTimeout = bench.step }
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            try await bench.expectNothingDue(by: worker)
            try await bench.pass(bench.step * 2)
            #expect(try await bench.tickAll(by: worker) == 0)
        },
        Check("an instance whose history is full is ended by its timeout too", .histories(upTo: 5)) { bench in
            let worker = try await bench.worker()
            let start = try await bench.start { $0.executionTimeout = bench.step }
            let held = try await bench.take(by: worker)
            try await bench.commit(
                (1...4).reduce(held.transition()) { $0.adding(.sideEffectRecorded(CommandID($1), .none)) }
            )
            try await bench.pass(bench.step)
            #expect(try await bench.tickAll(by: worker) == 1)
            #expect(try await bench.state(of: start.instance).historyLength == 6)
        },
    ]

    static let memos: [Check] = [
        Check("a memo is kept as it was given, also after the end") { bench in
            let worker = try await bench.worker()
            let memo = ["customer": "42", "": "empty key", "note": "two\nlines, \"ünï\" 🕊", "nothing": ""]
            let start = try await bench.start { $0.memo = memo }
            #expect(try await bench.state(of: start.instance).memo == memo)
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            #expect(try await bench.state(of: start.instance).memo == memo)
            #expect(try await bench.state(of: try await bench.start().instance).memo.isEmpty)
        },
        Check("a memo counts as one payload", .payloads(upTo: 1000)) { bench in
            var start = InstanceStart(instance: "memo", workflow: "Check", input: .none)
            start.memo = ["a": String(repeating: "x", count: 499), "b": String(repeating: "x", count: 500)]
            await bench.expect(.payloadTooLarge) { try await bench.store.start(start) }
            let state = try await bench.store.state(of: "memo")
            #expect(state == nil)
            start.memo["b"]?.removeLast()
            let outcome = try await bench.store.start(start)
            #expect(outcome == .started)
        },
    ]
}
