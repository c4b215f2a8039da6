internal import AloftCore
internal import Testing

extension StoreConformance {
    static let history: [Check] = [
        Check("a history is read in pages, without gaps, to its end") { bench in
            let worker = try await bench.worker()
            var running = try await bench.begin(by: worker)
            for number in 1...30 {
                try await bench.signal("\(number)", to: running.instance)
                let held = try await bench.take(by: worker)
                let transition = held.transition().adding(.sideEffectRecorded(CommandID(number), .none))
                try await bench.commit(transition)
                running = held.after(transition)
            }
            #expect(running.length == 61)
            for limit in [1, 7, 100] {
                var events: [Event] = []
                while true {
                    let page = try await bench.store.history(
                        of: running.instance,
                        after: events.count,
                        limit: limit
                    )
                    if page.isEmpty { break }
                    #expect(page.count <= limit + 1, "at most the rest of a transition more")
                    events += page
                }
                #expect(events.map(\.number) == Array(1...61))
            }
            let tail = try await bench.store.history(of: running.instance, after: 60, limit: 10)
            #expect(tail.map(\.number) == [61])
            let middle = try await bench.store.history(of: running.instance, after: 30, limit: 5)
            #expect(middle.first?.number == 31, "also from the middle of a transition")
            #expect(try await bench.store.history(of: running.instance, after: 61, limit: 10).isEmpty)
            #expect(try await bench.store.history(of: running.instance, after: 1000, limit: 10).isEmpty)
        },
        Check("an unknown instance has no history") { bench in
            await bench.expect(.instanceNotFound) {
                try await bench.store.history(of: "nobody", after: 0, limit: 10)
            }
        },
        Check("every kind of event comes back as it was written") { bench in
            let worker = try await bench.worker()
            try await bench.start()
            let held = try await bench.take(by: worker)
            let failure = Failure(type: "Failure", message: "failed \"so\"", details: .bytes(3))
            var policy = RetryPolicy(maximumAttempts: 7, initialInterval: .milliseconds(1500), jitter: 0.5)
            policy.nonRetryableTypes = ["Declined"]
            let bodies: [EventBody] = [
                .activityScheduled(
                    .init(command: CommandID(1), name: "ä", queue: "q", input: .bytes(300), retry: policy)
                ),
                .activityCompleted(CommandID(1), Payload(bytes: Array(0...255), encoding: "raw")),
                .activityFailed(CommandID(2), failure),
                .timerScheduled(.init(command: CommandID(3), name: "t", due: Timestamp(milliseconds: 1 << 50))),
                .timerFired(CommandID(3)),
                .timerCancelled(CommandID(4)),
                .sideEffectRecorded(CommandID(5), .none),
                .signalReceived(name: "s", .text("signal")),
                .cancelRequested(reason: "because"),
            ]
            let moment = bench.store.now
            var transition = held.transition()
            for (offset, body) in bodies.enumerated() {
                transition = transition.adding(body, at: moment + .milliseconds(offset - 4))
            }
            transition = transition.completing(.failed(failure))
            try await bench.commit(transition)
            #expect(try await bench.store.history(of: held.instance, after: 0, limit: 100) == transition.events)
        },
    ]
}
