internal import AloftCore
internal import Testing

extension StoreConformance {
    static let signals: [Check] = [
        Check("a signal from one instance to another arrives, and its sender is told") { bench in
            let (worker, helper) = try await bench.family()
            let target = try await bench.start(on: "children")
            try await bench.commit(try await bench.take(by: helper).transition())
            try await bench.start()
            let held = try await bench.take(by: worker)
            let next = try await bench.advance(held, with: held.transition().signalling(1, target.instance, "one"))
            #expect(next.bodies == [.signalDelivered(CommandID(1))])
            #expect(try await bench.take(by: helper).bodies == [.signal("one")])
            try await bench.commit(next.transition())
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("signals of an instance arrive in the order in which it sent them") { bench in
            let (worker, helper) = try await bench.family()
            let target = try await bench.start(on: "children")
            try await bench.start()
            var held = try await bench.take(by: worker)
            var outcomes: [EventBody] = []
            for round in 0..<3 {
                let numbers = (1...10).map { round * 10 + $0 }
                let transition = numbers.reduce(held.transition()) { $0.signalling($1, target.instance, "\($1)") }
                held = try await bench.advance(held, with: transition)
                outcomes += held.bodies
            }
            #expect(outcomes == (1...30).map { .signalDelivered(CommandID($0)) })
            let bodies = try await bench.take(by: helper).bodies
            #expect(bodies == [target.event] + (1...30).map { .signal("\($0)") })
        },
        Check("a signal that cannot be delivered is told to its sender with the reason", .inboxes(upTo: 3)) { bench in
            let (worker, helper) = try await bench.family()
            let finished = try await bench.finished(by: worker)
            let full = try await bench.start(on: "children")
            for text in ["one", "two"] { try await bench.signal(text, to: full.instance) }
            let unread = try await bench.takeTask(by: helper)
            try await bench.start()
            let held = try await bench.take(by: worker)
            let transition = held.transition().signalling(1, "nobody", "x").signalling(2, finished.instance, "x")
                .signalling(3, full.instance, "x")
            let next = try await bench.advance(held, with: transition)
            #expect(next.bodies.count == 3)
            let expected: [(InstanceID, Failure.Kind)] = [
                ("nobody", .notFound), (finished.instance, .finished), (full.instance, .limit),
            ]
            for (number, (instance, kind)) in expected.enumerated() {
                guard case .signalFailed(CommandID(number + 1), let failure)? = next.bodies.dropFirst(number).first
                else {
                    throw Disappointment("\(next.bodies)")
                }
                #expect(failure.kind == kind)
                #expect(failure.message.contains(instance.rawValue), "it names the instance")
            }
            #expect(try await bench.load(unread, by: helper).inputs.count == 3)
            #expect(try await bench.store.state(of: "nobody") == nil)
        },
        Check("a signal is delivered under the execution and the command of its sender, once") { bench in
            let (worker, helper) = try await bench.family()
            let target = try await bench.start(on: "children")
            try await bench.start()
            let held = try await bench.take(by: worker)
            try await bench.signal("by hand", to: target.instance, id: "\(held.execution)/1")
            let next = try await bench.advance(held, with: held.transition().signalling(1, target.instance, "one"))
            #expect(next.bodies == [.signalDelivered(CommandID(1))])
            try await bench.signal("again", to: target.instance, id: "\(held.execution)/1")
            #expect(try await bench.take(by: helper).bodies == [target.event, .signal("by hand")])
        },
        Check("a signal to a sub-workflow that is started by the same transition arrives behind its start") { bench in
            let (worker, helper) = try await bench.family()
            let child = EventBody.SubWorkflowScheduled.numbered(1, of: "p")
            try await bench.start()
            let held = try await bench.take(by: worker)
            let transition = held.transition().starting(child).signalling(2, child.instance, "one")
            let next = try await bench.advance(held, with: transition)
            #expect(next.bodies == [.signalDelivered(CommandID(2))])
            let bodies = try await bench.take(by: helper).bodies
            #expect(bodies.count == 2)
            #expect(bodies.last == .signal("one"))
        },
        Check("an instance may signal itself") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let held = try await bench.take(by: worker)
            let next = try await bench.advance(held, with: held.transition().signalling(1, start.instance, "self"))
            #expect(next.bodies == [.signal("self"), .signalDelivered(CommandID(1))])
            try await bench.commit(next.transition())
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a sender without a task in hand is given one when its signal has arrived") { bench in
            let worker = try await bench.worker()
            let target = try await bench.start(on: "unserved")
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true) }
            let transition = running.transition().settling(running.eager(1)).signalling(2, target.instance, "one")
            #expect(try await bench.commit(transition).isEmpty)
            #expect(try await bench.take(by: worker).bodies == [.signalDelivered(CommandID(2))])
        },
        Check("the signals of a last transition are delivered, and nobody is told") { bench in
            let (worker, helper) = try await bench.family()
            let target = try await bench.start(on: "children")
            let start = try await bench.start()
            let last = try await bench.take(by: worker).transition().signalling(1, target.instance, "one")
                .signalling(2, "nobody", "x").signalling(3, start.instance, "self").completing()
            try await bench.commit(last)
            try await bench.settle()
            #expect(try await bench.take(by: helper).bodies == [target.event, .signal("one")])
            #expect(try await bench.everyTask(for: worker).isEmpty)
            #expect(try await bench.state(of: start.instance).status == .completed)
        },
        Check("a commit that is repeated sends its signals once and answers the same") { bench in
            let (worker, helper) = try await bench.family()
            let target = try await bench.start(on: "children")
            try await bench.start()
            let held = try await bench.take(by: worker)
            let transition = held.transition().signalling(1, target.instance, "one")
            let next = try await bench.advance(held, with: transition)
            #expect(next.inputs.count == 1)
            if bench.subject.settle == nil {
                #expect(try await bench.commit(transition) == next.inputs)
            } else {
                try await bench.commit(transition)
            }
            try await bench.settle()
            #expect(try await bench.take(by: helper).bodies == [target.event, .signal("one")])
        },
        Check("a transition with an unusable target or too large a signal sends nothing", .payloads(upTo: 1000)) {
            bench in
            let (worker, helper) = try await bench.family()
            let target = try await bench.start(on: "children")
            try await bench.start()
            let held = try await bench.take(by: worker)
            let good = held.transition().signalling(1, target.instance, "one")
            await bench.expect(.invalidIdentifier) { try await bench.store.commit(good.signalling(2, "", "x")) }
            await bench.expect(.payloadTooLarge) {
                try await bench.store.commit(good.signalling(2, target.instance, String(repeating: "x", count: 999)))
            }
            try await bench.settle()
            #expect(try await bench.take(by: helper).bodies == [target.event])
            #expect(try await bench.state(of: held.instance).historyLength == 0)
        },
    ]
}
