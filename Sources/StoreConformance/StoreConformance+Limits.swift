internal import AloftCore
internal import Testing

extension StoreConformance {
    static let limits: [Check] = [
        Check("a start takes a payload up to the limit and refuses a larger one", .payloads(upTo: 1000)) { bench in
            let worker = try await bench.worker()
            let small = InstanceStart(instance: "small", workflow: "Check", input: .bytes(1000))
            let large = InstanceStart(instance: "large", workflow: "Check", input: .bytes(1001))
            #expect(try await bench.store.start(small) == .started)
            await bench.expect(.payloadTooLarge) { try await bench.store.start(large) }
            #expect(try await bench.store.state(of: "large") == nil)
            #expect(try await bench.everyTask(for: worker).map(\.instance) == ["small"])
        },
        Check("a delivery takes a payload up to the limit and refuses a larger one", .payloads(upTo: 1000)) { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            let small = EventBody.signalReceived(name: "signal", .bytes(1000))
            let large = EventBody.signalReceived(name: "signal", .bytes(1001))
            await bench.expect(.payloadTooLarge) {
                try await bench.store.deliver(large, to: running.instance, execution: nil, id: "id")
            }
            try await bench.store.deliver(small, to: running.instance, execution: nil, id: "id")
            #expect(try await bench.take(by: worker).bodies == [small], "the refused one did not use up the id")
        },
        Check("a full inbox refuses senders until some inputs are taken", .inboxes(upTo: 3)) { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            let signal = EventBody.signalReceived(name: "signal", .none)
            for id in ["1", "2", "3"] {
                try await bench.store.deliver(signal, to: running.instance, execution: nil, id: id)
            }
            await bench.expect(.inboxFull) {
                try await bench.store.deliver(signal, to: running.instance, execution: nil, id: "4")
            }
            try await bench.store.deliver(signal, to: running.instance, execution: nil, id: "3")
            try await bench.commit(try await bench.take(by: worker).transition())
            try await bench.store.deliver(signal, to: running.instance, execution: nil, id: "4")
            #expect(try await bench.take(by: worker).bodies == [signal], "the refused one did not use up the id")
        },
        Check("inputs whose ids look alike and differ in their bytes are two") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            let signal = EventBody.signalReceived(name: "signal", .none)
            for id in ["\u{e9}", "e\u{301}", "\u{e9}"] {
                try await bench.store.deliver(signal, to: running.instance, execution: nil, id: id)
            }
            #expect(try await bench.take(by: worker).bodies == [signal, signal])
        },
        Check("an activity's result above the limit is refused", .payloads(upTo: 1000)) { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            await bench.expect(.payloadTooLarge) {
                try await bench.store.finish(
                    running.eager(1),
                    by: worker.worker,
                    outcome: .completed(.bytes(1001))
                )
            }
            #expect(
                try await bench.store.finish(running.eager(1), by: worker.worker, outcome: .completed(.bytes(1000)))
            )
        },
        Check("a transition above the payload limit writes nothing", .payloads(upTo: 1000)) { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let held = try await bench.take(by: worker)
            let large = held.transition().adding(.sideEffectRecorded(CommandID(1), .bytes(1001)))
            await bench.expect(.payloadTooLarge) { try await bench.store.commit(large) }
            await bench.expect(.payloadTooLarge) {
                try await bench.store.commit(held.transition().completing(.completed(.bytes(1001))))
            }
            #expect(try await bench.store.state(of: held.instance)?.historyLength == 0)
            try await bench.commit(held.transition().completing(.completed(.bytes(1000))))
        },
        Check("a payload of the default limit goes through") { bench in
            let worker = try await bench.worker()
            let start = InstanceStart(instance: "large", workflow: "Check", input: .bytes(1024 * 1024))
            #expect(try await bench.store.start(start) == .started)
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [start.event])
            try await bench.commit(held.transition().completing(.completed(start.input)))
            #expect(try await bench.store.completion(of: "large") == .completed(start.input))
        },
        Check("a history longer than the limit is refused and nothing is written", .histories(upTo: 10)) { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            try await bench.signal("one", to: running.instance)
            let held = try await bench.take(by: worker)
            let fitting = (1...8).reduce(held.transition()) { $0.adding(.sideEffectRecorded(CommandID($1), .none)) }
            let long = fitting.scheduling(9)
            await bench.expect(.historyTooLong) { try await bench.store.commit(long) }
            #expect(try await bench.store.state(of: running.instance)?.historyLength == 1)
            #expect(try await bench.everyActivity(for: worker).isEmpty)
            try await bench.commit(fitting)
            #expect(try await bench.store.state(of: running.instance)?.historyLength == 10)
        },
        Check("an instance whose history is full can still be ended", .histories(upTo: 10)) { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { transition in
                (1...9).reduce(transition) { $0.adding(.sideEffectRecorded(CommandID($1), .none)) }
            }
            try await bench.signal("one", to: running.instance)
            let held = try await bench.take(by: worker)
            await bench.expect(.historyTooLong) { try await bench.store.commit(held.transition()) }
            let failure = Failure(type: "HistoryTooLong", message: "the history is full")
            try await bench.commit(held.transition().completing(.failed(failure)))
            #expect(try await bench.store.state(of: running.instance)?.status == .failed)
        },
    ]
}
