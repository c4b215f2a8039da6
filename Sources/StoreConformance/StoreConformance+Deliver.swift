internal import AloftCore
internal import Testing

extension StoreConformance {
    static let deliver: [Check] = [
        Check("an unknown and a finished instance refuse inputs with different errors") { bench in
            let worker = try await bench.worker()
            await bench.expect(.instanceNotFound) { try await bench.signal("a", to: "nobody") }
            let running = try await bench.begin(by: worker)
            try await bench.signal("last", to: running.instance)
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            await bench.expect(.instanceFinished) { try await bench.signal("late", to: running.instance) }
            #expect(try await bench.store.state(of: "nobody") == nil)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a delivery with an unusable name is an error of its own") { bench in
            let start = try await bench.start()
            await bench.expect(.invalidIdentifier) { try await bench.signal("a", to: "") }
            await bench.expect(.invalidIdentifier) { try await bench.signal("a", to: start.instance, id: "a\u{7}") }
            await bench.expect(.invalidIdentifier) {
                try await bench.store.deliver(.signal("a"), to: start.instance, execution: "", id: nil)
            }
        },
        Check("an input with an id is delivered once") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            try await bench.signal("one", to: running.instance, id: "first")
            try await bench.signal("again", to: running.instance, id: "first")
            try await bench.signal("two", to: running.instance, id: "second")
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [.signal("one"), .signal("two")])
            try await bench.commit(held.transition())
            try await bench.signal("again", to: running.instance, id: "first")
            #expect(try await bench.everyTask(for: worker).isEmpty, "also after it was consumed")
        },
        Check("the id of one instance's input means nothing to another") { bench in
            let worker = try await bench.worker()
            let first = try await bench.begin(by: worker)
            let second = try await bench.begin(by: worker)
            try await bench.signal("one", to: first.instance, id: "id")
            try await bench.signal("two", to: second.instance, id: "id")
            #expect(try await bench.everyTask(for: worker).count == 2)
        },
        Check("an input whose delivery is repeated after the instance finished is accepted and ignored") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            try await bench.signal("one", to: running.instance, id: "first")
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            try await bench.signal("one", to: running.instance, id: "first")
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("the id of an input is remembered for seven days, also when the instance continues as new") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            try await bench.signal("one", to: running.instance, id: "first")
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [.signal("one")])
            let next = Continuation(
                execution: .random(),
                started: .init(workflow: "Check", queue: .default, input: .text("next"))
            )
            try await bench.commit(held.transition().completing(.continuedAsNew(next)))
            try await bench.commit(try await bench.take(by: worker).transition())
            try await bench.signal("again", to: running.instance, id: "first")
            #expect(try await bench.everyTask(for: worker).isEmpty)
            // Only where a week passes at once.
            guard bench.subject.isVirtual else { return }
            try await bench.leave(worker)
            try await bench.subject.passTime(bench.store, DeliveryMemory.duration + .seconds(1))
            let later = try await bench.worker()
            try await bench.signal("two", to: running.instance, id: "second")
            try await bench.signal("one again", to: running.instance, id: "first")
            #expect(try await bench.take(by: later).bodies == [.signal("two"), .signal("one again")])
        },
        Check("inputs without an id are all delivered") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            for _ in 0..<3 { try await bench.signal("same", to: running.instance) }
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [.signal("same"), .signal("same"), .signal("same")])
        },
        Check("hundreds of unread inputs keep their order and none is lost") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            for number in 0..<350 { try await bench.signal("\(number)", to: running.instance) }
            var held = try await bench.take(by: worker)
            while held.task != nil {
                let transition = held.transition()
                held = held.after(transition, inputs: try await bench.commit(transition))
            }
            let history = try await bench.store.history(of: running.instance, after: 1, limit: 1000)
            #expect(history.map(\.body) == (0..<350).map { .signal("\($0)") })
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("inputs of several senders keep the order of each") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            try await withThrowingTaskGroup { group in
                for sender in 0..<4 {
                    group.addTask {
                        for number in 0..<20 { try await bench.signal("\(sender).\(number)", to: running.instance) }
                    }
                }
                try await group.waitForAll()
            }
            let bodies = try await bench.take(by: worker).bodies
            #expect(bodies.count == 80)
            for sender in 0..<4 {
                let sent = (0..<20).map { EventBody.signal("\(sender).\($0)") }
                #expect(bodies.filter(sent.contains) == sent)
            }
        },
        Check("inputs carry the time at which they were accepted") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            let before = bench.store.now
            try await bench.signal("one", to: running.instance)
            try await bench.pass(bench.step)
            try await bench.signal("two", to: running.instance)
            let moments = try await bench.take(by: worker).inputs.map(\.timestamp)
            #expect(moments.count == 2 && moments[0] >= before && moments[1] - moments[0] >= bench.step)
        },
        Check("an input for one execution reaches no other") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            await bench.expect(.instanceNotFound, .instanceFinished) {
                try await bench.store.deliver(.signal("x"), to: running.instance, execution: .random(), id: nil)
            }
            #expect(try await bench.everyTask(for: worker).isEmpty)
            try await bench.store.deliver(
                .cancelRequested(reason: "enough"),
                to: running.instance,
                execution: running.execution,
                id: nil
            )
            #expect(try await bench.take(by: worker).bodies == [.cancelRequested(reason: "enough")])
        },
        Check("however many inputs wait, an instance has one task") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            for number in 0..<5 { try await bench.signal("\(number)", to: start.instance) }
            let tasks = try await bench.everyTask(for: worker)
            #expect(tasks.count == 1)
            let held = try await bench.load(try #require(tasks.first), by: worker)
            #expect(held.bodies == [start.event] + (0..<5).map { .signal("\($0)") })
        },
        Check("inputs that come while the task is held go to its holder") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let held = try await bench.take(by: worker)
            try await bench.signal("one", to: start.instance)
            try await bench.signal("two", to: start.instance)
            #expect(try await bench.everyTask(for: worker).isEmpty)
            let first = held.transition()
            let inputs = try await bench.commit(first)
            #expect(inputs.map(\.body) == [.signal("one"), .signal("two")])
            let second = held.after(first, inputs: inputs).transition(consuming: 1)
            #expect(try await bench.commit(second).map(\.body) == [.signal("two")])
        },
        Check("inputs of a resident execution go to its owner") { bench in
            let owner = try await bench.worker()
            let other = try await bench.worker()
            let running = try await bench.begin(by: owner)
            #expect(try await bench.store.state(of: running.instance)?.owner == owner.worker)
            try await bench.signal("one", to: running.instance)
            #expect(try await bench.everyTask(for: other).isEmpty)
            let task = try await bench.takeTask(by: owner)
            #expect(task.inputs.map(\.body) == [.signal("one")], "the input comes with the task")
        },
        Check("inputs of an execution that is not resident go to any worker of its queue") { bench in
            let first = try await bench.worker()
            let other = try await bench.worker()
            let running = try await bench.begin(by: first) { $0.leaving() }
            #expect(try await bench.store.state(of: running.instance)?.owner == nil)
            try await bench.signal("one", to: running.instance)
            #expect(try await bench.take(by: other).bodies == [.signal("one")])
        },
    ]
}
