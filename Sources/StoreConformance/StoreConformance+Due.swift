internal import AloftCore
internal import Testing

extension StoreConformance {
    static let due: [Check] = [
        Check("a timer fires when it is due, never before") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + bench.step * 3 + .milliseconds(7)
            let running = try await bench.begin(by: worker) { $0.settingTimer(1, due: due) }
            try await bench.expectDue(notBefore: due, by: worker)
            let held = try await bench.take(by: worker)
            #expect(held.instance == running.instance)
            #expect(held.bodies == [.timerFired(CommandID(1))])
            #expect(held.inputs.allSatisfy { $0.timestamp >= due })
            try await bench.commit(held.transition())
            try await bench.expectNothingDue(by: worker)
            #expect(try await bench.everyTask(for: worker).isEmpty, "it fires once")
        },
        Check("fifteen timers of one instance that are due together arrive in order, in one go") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + bench.step
            _ = try await bench.begin(by: worker) { transition in
                (1...15).reduce(transition) { $0.settingTimer($1, due: due) }
            }
            try await bench.expectDue(notBefore: due, count: 15, by: worker)
            let held = try await bench.take(by: worker)
            #expect(held.bodies == (1...15).map { .timerFired(CommandID($0)) })
            try await bench.commit(held.transition())
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("timers fire in the order of their due times, not of their numbers") { bench in
            let worker = try await bench.worker()
            let start = bench.store.now
            _ = try await bench.begin(by: worker) { transition in
                (1...9).reduce(transition) { $0.settingTimer($1, due: start + .milliseconds($1 * 7 % 10)) }
            }
            try await bench.pass(.milliseconds(20))
            try await bench.tickAll(by: worker)
            let expected = (1...9).sorted { $0 * 7 % 10 < $1 * 7 % 10 }
            #expect(try await bench.take(by: worker).bodies == expected.map { .timerFired(CommandID($0)) })
        },
        Check("timers of several instances due together reach each of them") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + bench.step
            var instances: Set<InstanceID> = []
            for _ in 0..<10 {
                instances.insert(try await bench.begin(by: worker) { $0.settingTimer(1, due: due) }.instance)
            }
            try await bench.pass(bench.step)
            #expect(try await bench.tickAll(by: worker) == 10)
            #expect(Set(try await bench.everyTask(for: worker).map(\.instance)) == instances)
        },
        Check("hundreds of timers due together fire in batches, each once") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now
            _ = try await bench.begin(by: worker) { transition in
                (1...450).reduce(transition) { $0.settingTimer($1, due: due) }
            }
            try await bench.pass(.milliseconds(1))
            #expect(try await bench.tickAll(by: worker) == 450)
            var held = try await bench.take(by: worker)
            var fired: [EventBody] = []
            while held.task != nil {
                fired += held.bodies
                let transition = held.transition()
                held = held.after(transition, inputs: try await bench.commit(transition))
            }
            #expect(fired == (1...450).map { .timerFired(CommandID($0)) })
        },
        Check("of ticks at once, one fires a timer") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now
            _ = try await bench.begin(by: worker) { $0.settingTimer(1, due: due) }
            try await bench.pass(.milliseconds(1))
            let fired = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await bench.store.tick(by: worker.worker).fired } }
                return try await group.reduce(0, +)
            }
            #expect(fired == 1)
            #expect(try await bench.take(by: worker).inputs.count == 1)
        },
        Check("a timer whose time has passed already fires with the next tick") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + .milliseconds(-1000)
            _ = try await bench.begin(by: worker) { $0.settingTimer(1, due: due) }
            #expect(try await bench.tick(by: worker).fired == 1)
            #expect(try await bench.take(by: worker).bodies == [.timerFired(CommandID(1))])
        },
        Check("a cancelled timer does not fire and leaves nothing") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + bench.step * 5
            let running = try await bench.begin(by: worker) {
                $0.settingTimer(1, due: due).settingTimer(2, due: due)
            }
            try await bench.signal("cancel", to: running.instance)
            try await bench.commit(try await bench.take(by: worker).transition().cancellingTimer(1).cancellingTimer(2))
            try await bench.expectNothingDue(by: worker)
            try await bench.pass(bench.step * 6)
            #expect(try await bench.tickAll(by: worker) == 0)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("cancelling one timer leaves the others") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now + bench.step
            let running = try await bench.begin(by: worker) { transition in
                (1...3).reduce(transition) { $0.settingTimer($1, due: due) }
            }
            try await bench.signal("cancel", to: running.instance)
            try await bench.commit(try await bench.take(by: worker).transition().cancellingTimer(2))
            try await bench.pass(bench.step)
            #expect(try await bench.tickAll(by: worker) == 2)
            #expect(try await bench.take(by: worker).bodies == [.timerFired(CommandID(1)), .timerFired(CommandID(3))])
        },
        Check("cancelling a timer that has just fired is no error") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now
            let running = try await bench.begin(by: worker) { $0.settingTimer(1, due: due) }
            try await bench.signal("cancel", to: running.instance)
            let held = try await bench.take(by: worker)
            try await bench.pass(.milliseconds(1))
            #expect(try await bench.tickAll(by: worker) == 1)
            let transition = held.transition().cancellingTimer(1)
            let inputs = try await bench.commit(transition)
            // Whether the firing is still delivered is the store's choice: the engine ignores it.
            let after = held.after(transition, inputs: inputs)
            if after.task != nil { try await bench.commit(after.transition()) }
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a timer that fires while the task is held goes to its holder") { bench in
            let worker = try await bench.worker()
            let due = bench.store.now
            let running = try await bench.begin(by: worker) { $0.settingTimer(1, due: due) }
            try await bench.signal("one", to: running.instance)
            let held = try await bench.take(by: worker)
            try await bench.pass(.milliseconds(1))
            #expect(try await bench.tickAll(by: worker) == 1)
            let inputs = try await bench.commit(held.transition(consuming: 1))
            #expect(inputs.map(\.body) == [.timerFired(CommandID(1))])
        },
        Check("a tick tells the earliest moment at which something is due") { bench in
            let worker = try await bench.worker()
            let now = bench.store.now
            #expect(try await bench.tick(by: worker).nextDue == nil)
            _ = try await bench.begin(by: worker) {
                $0.settingTimer(1, due: now + .seconds(3 * 3600)).settingTimer(2, due: now + .seconds(2 * 3600))
            }
            let report = try await bench.tick(by: worker)
            #expect(report.nextDue == now + .seconds(2 * 3600))
            #expect(report.fired == 0)
            #expect(!report.isMoreDue)
            #expect(report.now >= now)
            _ = try await bench.begin(by: worker) { $0.settingTimer(1, due: now + .seconds(3600)) }
            #expect(try await bench.tick(by: worker).nextDue == now + .seconds(3600))
        },
        Check("time never goes back") { bench in
            let worker = try await bench.worker()
            var last = bench.store.now
            for _ in 0..<20 {
                let report = try await bench.tick(by: worker)
                #expect(report.now >= last)
                try await bench.pass(.milliseconds(1))
                let now = bench.store.now
                #expect(now >= last)
                last = now
            }
        },
    ]

    static let postponing: [Check] = [
        Check("a task postponed for no time is at once anyone's") { bench in
            let first = try await bench.worker()
            let second = try await bench.worker()
            let running = try await bench.begin(by: first)
            try await bench.signal("one", to: running.instance)
            let task = try await bench.takeTask(by: first)
            try await bench.store.postpone(task, by: first.worker, delay: .zero, problem: "not mine")
            let held = try await bench.take(by: second)
            #expect(held.bodies == [.signal("one")])
            #expect(try await bench.store.state(of: running.instance)?.problem == "not mine")
        },
        Check("a postponed task comes back after its delay; its problem is shown until the next commit") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let task = try await bench.takeTask(by: worker)
            let moment = bench.store.now + bench.step
            try await bench.store.postpone(task, by: worker.worker, delay: bench.step, problem: "unknown type")
            #expect(try await bench.store.state(of: start.instance)?.problem == "unknown type")
            try await bench.signal("meanwhile", to: start.instance)
            #expect(try await bench.everyTask(for: worker).isEmpty)
            try await bench.expectDue(notBefore: moment, by: worker)
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [start.event, .signal("meanwhile")])
            #expect(try await bench.store.state(of: start.instance)?.problem == "unknown type")
            try await bench.commit(held.transition())
            #expect(try await bench.store.state(of: start.instance)?.problem == nil)
        },
        Check("postponing without a problem leaves the one that is shown") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            var task = try await bench.takeTask(by: worker)
            try await bench.store.postpone(task, by: worker.worker, delay: .zero, problem: "first")
            task = try await bench.takeTask(by: worker)
            try await bench.store.postpone(task, by: worker.worker, delay: .zero, problem: nil)
            #expect(try await bench.store.state(of: start.instance)?.problem == "first")
            task = try await bench.takeTask(by: worker)
            try await bench.store.postpone(task, by: worker.worker, delay: .zero, problem: "second")
            #expect(try await bench.store.state(of: start.instance)?.problem == "second")
        },
        Check("a task that is not held cannot be postponed") { bench in
            let first = try await bench.worker()
            let second = try await bench.worker()
            let start = try await bench.start()
            let task = try await bench.takeTask(by: first)
            try await bench.store.postpone(task, by: first.worker, delay: .zero, problem: nil)
            let held = try await bench.take(by: second)
            try await bench.store.postpone(task, by: first.worker, delay: .zero, problem: "stale")
            try await bench.store.postpone(task, by: first.worker, delay: bench.step, problem: "stale")
            #expect(try await bench.everyTask(for: first).isEmpty)
            try await bench.expectNothingDue(by: first)
            #expect(try await bench.store.state(of: start.instance)?.problem == nil)
            try await bench.commit(held.transition())
            try await bench.store.postpone(task, by: first.worker, delay: bench.step, problem: "stale")
            try await bench.expectNothingDue(by: first)
        },
        Check("a postponed task may be somebody's who waits for it") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            let task = try await bench.takeTask(by: worker)
            async let next = bench.takeTask(by: worker)
            try await bench.store.postpone(task, by: worker.worker, delay: .zero, problem: nil)
            #expect(try await next.instance == start.instance)
        },
        Check("a released execution's tasks go to its queue") { bench in
            let first = try await bench.worker()
            let second = try await bench.worker()
            let waiting = try await bench.begin(by: first)
            let idle = try await bench.begin(by: first)
            let kept = try await bench.begin(by: first)
            try await bench.signal("before", to: waiting.instance)
            try await bench.store.release([waiting.instance, idle.instance, "nobody"], by: first.worker)
            #expect(try await bench.store.state(of: waiting.instance)?.owner == nil)
            #expect(try await bench.store.state(of: idle.instance)?.owner == nil)
            #expect(try await bench.store.state(of: kept.instance)?.owner == first.worker)
            #expect(try await bench.take(by: second).bodies == [.signal("before")])
            try await bench.signal("after", to: idle.instance)
            #expect(try await bench.take(by: second).bodies == [.signal("after")])
            try await bench.signal("kept", to: kept.instance)
            #expect(try await bench.everyTask(for: second).isEmpty)
        },
        Check("only its owner releases an execution") { bench in
            let first = try await bench.worker()
            let second = try await bench.worker()
            let running = try await bench.begin(by: first)
            try await bench.store.release([running.instance], by: second.worker)
            #expect(try await bench.store.state(of: running.instance)?.owner == first.worker)
        },
    ]
}
