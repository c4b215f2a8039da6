internal import AloftCore
internal import Testing

extension StoreConformance {
    static let continuing: [Check] = [
        Check("an instance goes on with a fresh history under its next execution") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start {
                $0.memo = ["a": "b"]
                $0.executionTimeout = .seconds(3600)
            }
            let before = try await bench.state(of: start.instance)
            let held = try await bench.take(by: worker)
            try await bench.pass(bench.step)
            let last = held.transition().adding(.sideEffectRecorded(CommandID(1), .none)).continuing(as: "next")
            #expect(try await bench.commit(last).isEmpty)
            let state = try await bench.state(of: start.instance)
            #expect(state.execution == "next")
            #expect(state.status == .running)
            #expect(state.workflow == before.workflow)
            #expect(state.queue == before.queue)
            #expect(state.historyLength == 0)
            #expect(state.createdAt == before.createdAt)
            #expect(state.deadline == before.deadline)
            #expect(state.memo == before.memo)
            #expect(state.owner == nil)
            #expect(state.finishedAt == nil)
            #expect(try await bench.store.history(of: start.instance, after: 0, limit: 10).isEmpty)
            let other = try await bench.worker()
            let next = try await bench.take(by: other)
            #expect(next.execution == "next")
            #expect(next.length == 0)
            #expect(next.bodies == [last.started])
            #expect(try #require(next.inputs.first).timestamp >= before.createdAt + bench.step)
            try await bench.commit(next.transition())
            #expect(try await bench.store.history(of: start.instance, after: 0, limit: 10).map(\.number) == [1])
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("signals and requests to cancel go along, in order, behind those that are carried") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now
            let running = try await bench.begin(by: worker) {
                $0.scheduling(1, eager: true).scheduling(2, eager: true).settingTimer(3, due: due)
            }
            let cancel = EventBody.cancelRequested(reason: "enough")
            try await bench.signal("read", to: running.instance)
            let held = try await bench.take(by: worker)
            #expect(try await bench.store.finish(running.eager(1), by: worker.worker, outcome: .completed(.none)))
            try await bench.signal("one", to: running.instance, id: "id")
            try await bench.pass(.milliseconds(1))
            try await bench.tickAll(by: worker)
            try await bench.store.deliver(cancel, to: running.instance, execution: nil, id: nil)
            try await bench.signal("two", to: running.instance)
            let last = held.transition(consuming: 1).continuing(carrying: [.signal("carried 1"), .signal("carried 2")])
            #expect(try await bench.commit(last).isEmpty)
            try await bench.signal("again", to: running.instance, id: "id")
            try await bench.signal("three", to: running.instance)
            let next = try await bench.take(by: worker)
            let signals = ["carried 1", "carried 2", "one"].map(EventBody.signal)
            let rest = [cancel] + ["two", "three"].map(EventBody.signal)
            #expect(next.bodies == [last.started] + signals + rest)
        },
        Check("what the execution before had in flight is dropped, and late outcomes are refused") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + bench.step
            let running = try await bench.begin(by: worker) {
                $0.scheduling(1, eager: true).scheduling(2).scheduling(3, eager: true).scheduling(4, eager: true)
                    .settingTimer(5, due: due)
            }
            let retry = ActivityOutcome.retry(after: bench.step, Failure(type: "Failure", message: "failed"))
            #expect(try await bench.store.finish(running.eager(3), by: worker.worker, outcome: retry))
            let last = running.transition().settling(running.eager(4)).continuing()
            #expect(try await bench.commit(last).isEmpty)
            let isWanted = try await bench.store.finish(running.eager(1), by: worker.worker, outcome: .completed(.none))
            #expect(!isWanted)
            try await bench.expectNothingDue(by: worker)
            #expect(try await bench.everyActivity(for: worker).isEmpty)
            let next = try await bench.take(by: worker)
            #expect(next.bodies == [last.started])
            try await bench.expectConflict(running.transition().settling(running.eager(1)))
            await bench.expect(.instanceNotFound) {
                try await bench.store.deliver(.signal("x"), to: running.instance, execution: running.execution, id: nil)
            }
            await bench.expect(.instanceNotFound) {
                try await bench.store.terminate(running.instance, execution: running.execution, reason: "")
            }
            try await bench.commit(next.transition().scheduling(1))
            #expect(try await bench.takeActivity(by: worker).execution == next.execution, "commands are counted anew")
        },
        Check("a task in other hands does not survive the continuation") { bench in
            let worker = try await bench.worker()
            let other = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            try await bench.signal("one", to: running.instance)
            let held = try await bench.take(by: worker)
            let last = running.transition().settling(running.eager(1)).continuing()
            try await bench.commit(last)
            try await bench.expectConflict(held.transition())
            #expect(try await bench.store.load(try #require(held.task)) == nil)
            #expect(try await bench.take(by: other).bodies == [last.started, .signal("one")])
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("the continuing commit and the start of the first execution may be repeated") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let last = try await bench.take(by: worker).transition().continuing()
            #expect(try await bench.commit(last).isEmpty)
            #expect(try await bench.commit(last).isEmpty)
            try await bench.expectConflict(last.renamed())
            #expect(try await bench.store.start(start) == .started)
            #expect(try await bench.everyTask(for: worker).count == 1)
        },
        Check("whoever waits for an instance waits for the last of its executions") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let waiter = bench.waiter(for: start.instance)
            for _ in 0..<3 { try await bench.commit(try await bench.take(by: worker).transition().continuing()) }
            let completion = Completion.completed(.text("at last"))
            try await bench.commit(try await bench.take(by: worker).transition().completing(completion))
            #expect(try await waiter.value == completion)
        },
        Check("a sub-workflow that continues as new still belongs to its parent, which sees the last end only") {
            bench in
            let (worker, helper) = try await bench.family()
            let (parent, child) = try await bench.parent(by: worker)
            for _ in 0..<2 {
                try await bench.commit(try await bench.take(by: helper).transition().continuing(from: "Child"))
            }
            #expect(try await bench.state(of: child.instance).parent?.execution == parent.execution)
            try await bench.settle()
            #expect(try await bench.everyTask(for: worker).isEmpty)
            try await bench.signal("go on", to: parent.instance)
            try await bench.commit(try await bench.take(by: worker).transition().cancellingSubWorkflow(1))
            try await bench.settle()
            let held = try await bench.take(by: helper)
            #expect(held.bodies.map(\.isCancelRequest) == [false, true])
            try await bench.commit(held.transition().completing())
            #expect(try await bench.take(by: worker).bodies == [.subWorkflowCompleted(CommandID(1), .text("done"))])
        },
        Check("a continued execution learns nothing of what the one before started") { bench in
            let (worker, helper) = try await bench.family()
            let (parent, child) = try await bench.parent(by: worker, policy: .abandon)
            let target = try await bench.start(on: "unserved")
            try await bench.signal("go on", to: parent.instance)
            let last = try await bench.take(by: worker).transition().signalling(2, target.instance, "one").continuing()
            try await bench.commit(last)
            try await bench.settle()
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [last.started])
            try await bench.commit(held.transition())
            #expect(try await bench.take(by: helper).instance == child.instance)
            try await bench.store.terminate(child.instance, execution: nil, reason: "enough")
            try await bench.settle()
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a signal to itself goes along when an instance continues as new") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let last = try await bench.take(by: worker).transition().signalling(1, start.instance, "self").continuing()
            try await bench.commit(last)
            try await bench.settle()
            #expect(try await bench.take(by: worker).bodies == [last.started, .signal("self")])
        },
        Check("the execution timeout counts through continuations") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start { $0.executionTimeout = bench.step * 20 }
            let deadline = try #require(try await bench.state(of: start.instance).deadline)
            for _ in 0..<2 { try await bench.commit(try await bench.take(by: worker).transition().continuing()) }
            try await bench.expectDue(notBefore: deadline, by: worker)
            #expect(try await bench.state(of: start.instance).status == .timedOut)
            #expect(try await bench.lastEvent(of: start.instance)?.number == 1)
        },
        Check("without a retention for it, a history that was continued is gone") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            try await bench.commit(try await bench.take(by: worker).transition().continuing(as: "next"))
            await bench.expect(.instanceNotFound) { try await bench.history(of: start.instance, start.execution) }
            #expect(try await bench.history(of: start.instance, "next").isEmpty)
            await bench.expect(.instanceNotFound) { try await bench.history(of: start.instance, "another") }
            try await bench.expectNothingDue(by: worker)
        },
        Check("a history that was continued is kept for its retention", .keptContinuations) { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let running = try await bench.take(by: worker)
            let last = running.transition().adding(.sideEffectRecorded(CommandID(1), .none)).continuing(as: "second")
            try await bench.commit(last)
            let moment = bench.store.now + bench.subject.times.retention
            try await bench.commit(try await bench.take(by: worker).transition().continuing(as: "third"))
            #expect(try await bench.history(of: start.instance, start.execution) == last.events)
            #expect(try await bench.history(of: start.instance, "second").map(\.number) == [1, 2])
            #expect(try await bench.history(of: start.instance, "third").isEmpty)
            let page = try await bench.store.history(
                of: start.instance,
                execution: start.execution,
                after: last.events.count - 1,
                limit: 10
            )
            #expect(page == last.events.suffix(1))
            if bench.subject.isVirtual {
                try await bench.pass(moment - bench.store.now - .milliseconds(1))
                try await bench.tickAll(by: worker)
                #expect(try await bench.history(of: start.instance, start.execution).count == last.events.count)
            }
            try await bench.pass(bench.subject.times.retention + .milliseconds(1))
            try await bench.tickAll(by: worker)
            for execution in [start.execution, "second"] {
                await bench.expect(.instanceNotFound) { try await bench.history(of: start.instance, execution) }
            }
            #expect(try await bench.history(of: start.instance, "third").isEmpty)
        },
        Check("a removed instance leaves none of its earlier histories", .keptContinuations) { bench in
            let worker = try await bench.worker()
            guard let footprint = bench.subject.footprint else { return }
            func round() async throws {
                let start = try await bench.start()
                for _ in 0..<2 { try await bench.commit(try await bench.take(by: worker).transition().continuing()) }
                try await bench.commit(try await bench.take(by: worker).transition().completing())
                try await bench.store.remove(start.instance)
                await bench.expect(.instanceNotFound) { try await bench.history(of: start.instance, start.execution) }
                // One that knows its earlier executions by their own expiry needs no more than that.
                try await bench.pass(bench.subject.times.retention + .milliseconds(1))
                try await bench.tickAll(by: worker)
            }
            try await round()
            let before = try await footprint(bench.store)
            for _ in 0..<2 { try await round() }
            #expect(try await footprint(bench.store) == before)
        },
        Check("a continuation that is unusable or too large writes nothing", .payloads(upTo: 1000)) { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let held = try await bench.take(by: worker)
            await bench.expect(.invalidIdentifier) {
                try await bench.store.commit(held.transition().continuing(as: ""))
            }
            let large = EventBody.signalReceived(name: "signal", .bytes(1001))
            await bench.expect(.payloadTooLarge) {
                try await bench.store.commit(held.transition().continuing(carrying: [large]))
            }
            let started = EventBody.Started(workflow: "Check", queue: held.queue, input: .bytes(1001))
            let continuation = Continuation(execution: .random(), started: started)
            await bench.expect(.payloadTooLarge) {
                try await bench.store.commit(held.transition().completing(.continuedAsNew(continuation)).leaving())
            }
            let state = try await bench.state(of: start.instance)
            #expect(state.execution == start.execution)
            #expect(state.historyLength == 0)
        },
        Check("a full history can be continued", .histories(upTo: 5)) { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { transition in
                (1...4).reduce(transition) { $0.adding(.sideEffectRecorded(CommandID($1), .none)) }
            }
            try await bench.signal("one", to: running.instance)
            let last = try await bench.take(by: worker).transition().continuing()
            try await bench.commit(last)
            #expect(try await bench.take(by: worker).bodies == [last.started])
        },
        Check("deaths are counted anew after a continuation", .shortLease) { bench in
            let witness = try await bench.worker(workflows: ["other"])
            let start = try await bench.start()
            for _ in 0..<2 {
                for _ in 1..<CrashLimit.deliveries {
                    let victim = try await bench.worker()
                    _ = try await bench.tryTask(by: victim)
                    try await bench.kill(victim, witness: witness)
                }
                let worker = try await bench.worker()
                try await bench.commit(try await bench.take(by: worker).transition().continuing())
                try await bench.leave(worker)
            }
            #expect(try await bench.state(of: start.instance).isQuarantined == false)
        },
    ]
}

extension Transition {
    /// The first event of the execution that this transition goes on with.
    fileprivate var started: EventBody {
        guard case .continuedAsNew(let continuation) = completion else {
            return .signal("this transition does not continue")
        }
        return .started(continuation.started)
    }
}

extension Bench {
    fileprivate func history(of instance: InstanceID, _ execution: ExecutionID) async throws -> [Event] {
        try await store.history(of: instance, execution: execution, after: 0, limit: 100)
    }
}
