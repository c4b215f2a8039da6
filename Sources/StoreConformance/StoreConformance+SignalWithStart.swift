internal import AloftCore
internal import Testing

extension StoreConformance {
    static let signalWithStart: [Check] = [
        Check("a signal that comes with a start is behind the started event of a new instance") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start { $0.signal = .text("first") }
            try await bench.signal("second", to: start.instance)
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [start.event, .signal("first"), .signal("second")])
            try await bench.commit(held.transition())
            #expect(try await bench.store.start(start) == .started, "repeated")
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("the signal of a delayed start waits with it") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start {
                $0.signal = .text("first")
                $0.moment = .after(bench.step)
            }
            #expect(try await bench.everyTask(for: worker).isEmpty)
            try await bench.pass(bench.step)
            try await bench.tickAll(by: worker)
            #expect(try await bench.take(by: worker).bodies == [start.event, .signal("first")])
        },
        Check("the signal goes to an open instance that is used") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            let state = try await bench.state(of: running.instance)
            let start = InstanceStart(
                instance: running.instance,
                workflow: "Check",
                input: .none,
                conflictPolicy: .useExisting,
                signal: .text("one")
            )
            #expect(try await bench.store.start(start) == .exists(state))
            let held = try await bench.take(by: worker)
            #expect(held.execution == running.execution)
            #expect(held.bodies == [.signal("one")])
        },
        Check("the signal is delivered once under its id") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            var start = InstanceStart(
                instance: running.instance,
                workflow: "Check",
                input: .none,
                conflictPolicy: .useExisting,
                signal: .text("one", id: "id")
            )
            for _ in 0..<2 {
                guard case .exists = try await bench.store.start(start) else { throw Disappointment("it started") }
                start.execution = .random()
            }
            try await bench.signal("again", to: running.instance, id: "id")
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [.signal("one")])
            try await bench.commit(held.transition())
            #expect(try await bench.everyTask(for: worker).isEmpty)
            let new = try await bench.start { $0.signal = .text("one", id: "id") }
            try await bench.signal("again", to: new.instance, id: "id")
            #expect(try await bench.take(by: worker).bodies == [new.event, .signal("one")], "also with a new instance")
        },
        Check("the signal is not delivered to an instance that is only in the way") { bench in
            let worker = try await bench.worker()
            let open = try await bench.begin(by: worker)
            let failing = InstanceStart(
                instance: open.instance,
                workflow: "Check",
                input: .none,
                conflictPolicy: .fail,
                reusePolicy: .useExisting,
                signal: .text("one", id: "id")
            )
            guard case .exists = try await bench.store.start(failing) else { throw Disappointment("it started") }
            #expect(try await bench.everyTask(for: worker).isEmpty)
            try await bench.signal("two", to: open.instance, id: "id")
            #expect(try await bench.take(by: worker).bodies == [.signal("two")], "its id was not used up")
        },
        Check("a finished instance decides by its reuse policy what becomes of the signal") { bench in
            let worker = try await bench.worker()
            for policy in [IDReusePolicy.reject, .useExisting, .allowIfFailed] {
                let old = try await bench.finished(by: worker)
                let state = try await bench.state(of: old.instance)
                let new = old.again {
                    $0.reusePolicy = policy
                    $0.conflictPolicy = .useExisting
                    $0.signal = .text("one")
                }
                #expect(try await bench.store.start(new) == .exists(state))
                #expect(try await bench.state(of: old.instance) == state)
            }
            #expect(try await bench.everyTask(for: worker).isEmpty)
            let old = try await bench.finished(by: worker)
            let new = old.again {
                $0.reusePolicy = .allow
                $0.signal = .text("one")
            }
            #expect(try await bench.store.start(new) == .started)
            #expect(try await bench.take(by: worker).bodies == [new.event, .signal("one")])
        },
        Check("the signal of a start that terminates reaches the new instance only") { bench in
            let worker = try await bench.worker()
            let old = try await bench.start()
            let new = old.again {
                $0.conflictPolicy = .terminateExisting
                $0.signal = .text("one")
            }
            #expect(try await bench.store.start(new) == .started)
            #expect(try await bench.take(by: worker).bodies == [new.event, .signal("one")])
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a start whose signal finds a full inbox says so", .inboxes(upTo: 2)) { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            for text in ["one", "two"] { try await bench.signal(text, to: running.instance, id: text) }
            var start = InstanceStart(
                instance: running.instance,
                workflow: "Check",
                input: .none,
                conflictPolicy: .useExisting,
                signal: .text("three")
            )
            await bench.expect(.inboxFull) { try await bench.store.start(start) }
            start.signal = .text("two", id: "two")
            guard case .exists = try await bench.store.start(start) else { throw Disappointment("it started") }
            #expect(try await bench.take(by: worker).bodies == [.signal("one"), .signal("two")])
        },
        Check("a signal that is too large or has no usable name starts nothing", .payloads(upTo: 1000)) { bench in
            var start = InstanceStart(instance: "new", workflow: "Check", input: .none)
            start.signal = InitialSignal(name: "signal", payload: .bytes(1001))
            await bench.expect(.payloadTooLarge) { try await bench.store.start(start) }
            start.signal = InitialSignal(name: "", payload: .none)
            await bench.expect(.invalidIdentifier) { try await bench.store.start(start) }
            start.signal = InitialSignal(name: "signal", payload: .none, id: "line\nbreak")
            await bench.expect(.invalidIdentifier) { try await bench.store.start(start) }
            let state = try await bench.store.state(of: "new")
            #expect(state == nil)
        },
    ]
}

extension InitialSignal {
    /// What ``EventBody/signal(_:)`` says.
    fileprivate static func text(_ text: String, id: String? = nil) -> InitialSignal {
        InitialSignal(name: "signal", payload: .text(text), id: id)
    }
}
