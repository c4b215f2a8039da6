internal import AloftCore
internal import Testing

extension StoreConformance {
    static let commit: [Check] = [
        Check("a transition appends its events and finishes the task") { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let held = try await bench.take(by: worker)
            let transition = held.transition().scheduling(1).adding(.sideEffectRecorded(CommandID(2), .text("x")))
            #expect(try await bench.commit(transition).isEmpty)
            #expect(try await bench.store.history(of: held.instance, after: 0, limit: 10) == transition.events)
            #expect(try await bench.store.state(of: held.instance)?.historyLength == 3)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a transition says what the code waits for, until another says it anew or the execution ends") { bench in
            let worker = try await bench.worker()
            let moment = Timestamp(milliseconds: 1_700_000_000_123)
            let waits = [
                Wait(.activity, "charge", command: CommandID(1), fileID: "Shop/Orders.swift", line: 42),
                Wait(.timer, "t", command: CommandID(2), due: moment, count: 3, fileID: "Shop/Orders.swift", line: 43),
            ]
            func told() async throws -> [[Wait]] {
                let state = try await bench.store.state(of: "i")
                let page = try await bench.store.instances(matching: InstanceFilter(), after: nil, limit: 10)
                return [state?.waits.waits ?? []] + page.instances.map(\.waits.waits)
            }
            try await bench.start { $0.instance = "i" }
            let held = try await bench.take(by: worker)
            #expect(try await told() == [[], []])
            var first = held.transition()
            first.waits = WaitSummary(waits)
            try await bench.commit(first)
            #expect(try await told() == [waits, waits])
            try await bench.signal("one", to: "i")
            var next = try await bench.take(by: worker)
            next.length = first.events.count
            let unchanged = next.transition()
            try await bench.commit(unchanged)
            #expect(try await told() == [waits, waits])
            try await bench.signal("two", to: "i")
            next = try await bench.take(by: worker)
            next.length = first.events.count + unchanged.events.count
            try await bench.commit(next.transition().completing())
            #expect(try await told() == [[], []])
        },
        Check("a transition on a stale length is a conflict and writes nothing") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            try await bench.signal("one", to: running.instance)
            var held = try await bench.take(by: worker)
            held.length = 0
            let stale = held.transition().scheduling(1).settingTimer(2, due: bench.store.now)
            try await bench.expectConflict(stale)
            try await bench.expectConflict(stale.completing())
            #expect(try await bench.store.history(of: running.instance, after: 0, limit: 10).count == 1)
            #expect(try await bench.store.state(of: running.instance)?.status == .running)
            #expect(try await bench.everyActivity(for: worker).isEmpty)
            #expect(try await bench.tickAll(by: worker) == 0)
            held.length = 1
            try await bench.commit(held.transition())
        },
        Check("a transition with the receipt of a task that is done is a conflict") { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let held = try await bench.take(by: worker)
            let first = held.transition()
            try await bench.commit(first)
            var again = held.after(first)
            again.task = held.task
            try await bench.expectConflict(again.transition().scheduling(1))
            #expect(try await bench.store.state(of: held.instance)?.historyLength == 1)
        },
        Check("a transition with the receipt of a task that somebody else has now is a conflict") { bench in
            let first = try await bench.worker()
            let second = try await bench.worker()
            try await bench.start()
            let stale = try await bench.take(by: first)
            try await bench.store.postpone(try #require(stale.task), by: first.worker, delay: .zero, problem: nil)
            let held = try await bench.take(by: second)
            try await bench.expectConflict(stale.transition())
            try await bench.commit(held.transition())
        },
        Check("a transition of another execution or of an unknown instance is a conflict") { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let held = try await bench.take(by: worker)
            var stranger = held
            stranger.execution = .random()
            try await bench.expectConflict(stranger.transition())
            stranger = held
            stranger.instance = "nobody"
            try await bench.expectConflict(stranger.transition())
            #expect(try await bench.store.state(of: "nobody") == nil)
            try await bench.commit(held.transition())
        },
        Check("a transition by a worker that is not registered is a conflict") { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let held = try await bench.take(by: worker)
            var stranger = held.transition()
            stranger.worker = .random()
            try await bench.expectConflict(stranger)
            try await bench.commit(held.transition())
        },
        Check("a transition that consumes more inputs than there are is a conflict") { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let held = try await bench.take(by: worker)
            var greedy = held.transition()
            greedy.consumedInputs = 2
            try await bench.expectConflict(greedy)
            try await bench.commit(held.transition())
        },
        Check("a transition repeated after its answer was lost succeeds again and is applied once") { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let held = try await bench.take(by: worker)
            let due = bench.store.now + bench.step
            let transition = held.transition().scheduling(1).settingTimer(2, due: due)
            try await bench.commit(transition)
            #expect(try await bench.commit(transition).isEmpty)
            #expect(try await bench.store.history(of: held.instance, after: 0, limit: 10) == transition.events)
            #expect(try await bench.everyActivity(for: worker).count == 1)
            try await bench.expectDue(notBefore: due, by: worker)
            #expect(try await bench.take(by: worker).bodies == [.timerFired(CommandID(2))])
            try await bench.expectConflict(transition.renamed(), "under another id it is another write")
        },
        Check("a repeated transition answers the inputs that remain, and the task is still held") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let held = try await bench.take(by: worker)
            try await bench.signal("one", to: start.instance)
            let transition = held.transition()
            let inputs = try await bench.commit(transition)
            #expect(inputs.map(\.body) == [.signal("one")])
            #expect(try await bench.commit(transition) == inputs)
            try await bench.commit(held.after(transition, inputs: inputs).transition())
        },
        Check("a transition that completed the instance succeeds again when repeated") { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let transition = try await bench.take(by: worker).transition().completing()
            #expect(try await bench.commit(transition).isEmpty)
            #expect(try await bench.commit(transition).isEmpty)
            try await bench.expectConflict(transition.renamed())
            #expect(try await bench.store.history(of: transition.instance, after: 0, limit: 10).count == 2)
        },
        Check("outcomes of a worker's own activities are recorded without a task") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true).scheduling(2, eager: true) }
            let transition = running.transition().settling(running.eager(1)).scheduling(3, eager: true)
            #expect(try await bench.commit(transition).isEmpty)
            #expect(try await bench.commit(transition).isEmpty, "repeated")
            let next = running.after(transition)
            try await bench.commit(next.transition().settling(next.eager(3)).settling(next.eager(2)))
            #expect(try await bench.store.state(of: running.instance)?.historyLength == 7)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a transition without a receipt leaves inbox and task alone") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            try await bench.signal("one", to: running.instance)
            let transition = running.transition().settling(running.eager(1))
            #expect(try await bench.commit(transition).isEmpty, "remaining inputs are told only to the holder")
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [.signal("one")])
            #expect(held.length == 3)
            try await bench.commit(held.transition())
        },
        Check("an activity is settled once, and only under its own lease") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            var wrong = running.eager(1)
            wrong.lease.attempt = 2
            try await bench.expectConflict(running.transition().settling(wrong))
            wrong.lease = ActivityLease(attempt: 1, delivery: 2)
            try await bench.expectConflict(running.transition().settling(wrong))
            try await bench.expectConflict(running.transition().settling(running.eager(2)))
            let transition = running.transition().settling(running.eager(1))
            try await bench.commit(transition)
            try await bench.expectConflict(running.after(transition).transition().settling(running.eager(1)))
        },
        Check("an activity is settled only if every other one of the transition is") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true).scheduling(2, eager: true) }
            #expect(try await bench.store.finish(running.eager(2), by: worker.worker, outcome: .completed(.none)))
            let both = running.transition().settling(running.eager(1)).settling(running.eager(2))
            try await bench.expectConflict(both)
            try await bench.commit(running.transition().settling(running.eager(1)))
        },
        Check("an activity taken from a queue can be settled with its receipt") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1) }
            let task = try await bench.takeActivity(by: worker)
            try await bench.commit(running.transition().settling(task))
            let isWanted = try await bench.store.finish(task, by: worker.worker, outcome: .completed(.none))
            #expect(!isWanted)
            #expect(try await bench.everyActivity(for: worker).isEmpty)
        },
        Check("an activity that another worker runs cannot be settled") { bench in
            let owner = try await bench.worker(activities: [])
            let other = try await bench.worker()
            let running = try await bench.begin(by: owner) { $0.scheduling(1) }
            let task = try await bench.takeActivity(by: other)
            try await bench.expectConflict(running.transition().settling(task))
            #expect(try await bench.store.finish(task, by: other.worker, outcome: .completed(.none)))
        },
        Check("of transitions that race for one place in the history, one wins") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { transition in
                (1...8).reduce(transition) { $0.scheduling($1, eager: true) }
            }
            let outcomes = try await withThrowingTaskGroup(of: CommitOutcome.self) { group in
                for number in 1...8 {
                    let transition = running.transition().settling(running.eager(number))
                    group.addTask { try await bench.store.commit(transition) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 != .conflict } == 1)
            #expect(try await bench.store.state(of: running.instance)?.historyLength == 10)
        },
        Check("a conflict leaves the task in the hands of its holder") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            try await bench.signal("one", to: running.instance)
            let held = try await bench.take(by: worker)
            try await bench.commit(running.transition().settling(running.eager(1)))
            try await bench.expectConflict(held.transition(), "the history has moved on")
            let again = try await bench.load(try #require(held.task), by: worker)
            #expect(again.length == 3)
            try await bench.commit(again.transition())
        },
    ]

    static let load: [Check] = [
        Check("a load answers the whole history and the inbox, as often as it is asked") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1).scheduling(2) }
            try await bench.signal("one", to: running.instance)
            let task = try await bench.takeTask(by: worker)
            let loaded = try #require(try await bench.store.load(task))
            #expect(loaded.history.map(\.number) == [1, 2, 3])
            #expect(loaded.inbox.map(\.body) == [.signal("one")])
            #expect(loaded.state == (try await bench.store.state(of: running.instance)))
            try await bench.signal("two", to: running.instance)
            #expect(try await bench.store.load(task)?.inbox.map(\.body) == [.signal("one"), .signal("two")])
        },
        Check("a task that is done, postponed or somebody else's cannot be loaded") { bench in
            let first = try await bench.worker()
            let second = try await bench.worker()
            try await bench.start()
            let stale = try await bench.takeTask(by: first)
            try await bench.store.postpone(stale, by: first.worker, delay: .zero, problem: nil)
            #expect(try await bench.store.load(stale) == nil)
            let held = try await bench.take(by: second)
            #expect(try await bench.store.load(stale) == nil)
            try await bench.commit(held.transition())
            #expect(try await bench.store.load(try #require(held.task)) == nil)
        },
        Check("a task of an instance that is gone or has finished cannot be loaded") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            try await bench.signal("unread", to: running.instance)
            let task = try await bench.takeTask(by: worker)
            try await bench.commit(running.transition().settling(running.eager(1)).completing())
            #expect(try await bench.store.load(task) == nil)
            try await bench.store.remove(running.instance)
            #expect(try await bench.store.load(task) == nil)
            #expect(try await bench.store.state(of: running.instance) == nil)
        },
    ]
}
