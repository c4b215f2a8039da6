internal import AloftCore
internal import Testing

extension StoreConformance {
    static let retention: [Check] = [
        Check("a finished instance is kept for its retention and then gone", .shortRetention) { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            let finishedAt = try #require(try await bench.store.state(of: start.instance)?.finishedAt)
            try await bench.expectGone(start.instance, at: finishedAt + bench.subject.times.retention, by: worker)
            await bench.expect(.instanceNotFound) { try await bench.store.completion(of: start.instance) }
            await bench.expect(.instanceNotFound) { try await bench.signal("late", to: start.instance) }
        },
        Check("an instance may set its own retention") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start(retention: bench.subject.times.retention)
            let other = try await bench.start()
            for _ in 0..<2 { try await bench.commit(try await bench.take(by: worker).transition().completing()) }
            let finishedAt = try #require(try await bench.store.state(of: start.instance)?.finishedAt)
            try await bench.expectGone(start.instance, at: finishedAt + bench.subject.times.retention, by: worker)
            #expect(try await bench.store.state(of: other.instance) != nil)
        },
        Check("a retention of nothing removes an instance with the next tick") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start(retention: .zero)
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            try await bench.pass(.milliseconds(1))
            try await bench.tickAll(by: worker)
            #expect(try await bench.store.state(of: start.instance) == nil)
        },
        Check("whoever waits learns the end of an instance even if nothing of it is kept") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start(retention: bench.subject.times.retention)
            let waiter = bench.waiter(for: start.instance)
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            #expect(try await waiter.value == .completed(.text("done")))
        },
        Check("an open instance does not expire", .shortRetention) { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker)
            try await bench.pass(bench.subject.times.retention * 3)
            try await bench.tickAll(by: worker)
            #expect(try await bench.store.state(of: running.instance)?.status == .running)
            try await bench.signal("one", to: running.instance)
            try await bench.commit(try await bench.take(by: worker).transition())
        },
        Check("hundreds of instances expire") { bench in
            let worker = try await bench.worker()
            var instances: [InstanceID] = []
            for _ in 0..<250 {
                instances.append(try await bench.start(retention: .milliseconds(1)).instance)
                try await bench.commit(try await bench.take(by: worker).transition().completing())
            }
            try await bench.pass(.milliseconds(2))
            try await bench.tickAll(by: worker)
            for instance in instances { #expect(try await bench.store.state(of: instance) == nil) }
        },
        Check("after the retention of finished instances nothing of them is left", .shortRetention) { bench in
            guard let footprint = bench.subject.footprint else { return }
            // The first round makes what stays: queues and their groups.
            try await bench.wholeLife()
            let before = try await footprint(bench.store)
            for _ in 0..<5 { try await bench.wholeLife() }
            #expect(try await footprint(bench.store) == before)
        },
        Check("what comes under the id of an expired instance is not taken for it") { bench in
            let worker = try await bench.worker()
            let old = try await bench.start(retention: .milliseconds(1))
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            // Nobody ticks before the id is used again.
            try await bench.pass(.milliseconds(5))
            var start = InstanceStart(instance: old.instance, workflow: "Check", input: .none, reusePolicy: .allow)
            #expect(try await bench.store.start(start) == .started)
            #expect(try await bench.store.instanceCounts().filter { $0.value != 0 } == [.running: 1])
            try await bench.commit(
                try await bench.take(by: worker).transition().completing(.failed(Failure(type: "F", message: "f")))
            )
            #expect(try await bench.store.instanceCounts().filter { $0.value != 0 } == [.failed: 1])
            try await bench.tickAll(by: worker)
            #expect(try await bench.state(of: start.instance).status == .failed)
            let page = try await bench.store.instances(matching: InstanceFilter(), after: nil, limit: 10)
            #expect(page.instances.map(\.instance) == [start.instance])
            // The same for a sub-workflow, and for a start with more to it.
            start.instance = try await bench.expired(by: worker)
            start.memo = ["a": "b"]
            #expect(try await bench.store.start(start) == .started)
            try await bench.store.terminate(start.instance, execution: nil, reason: "enough")
            let child = try await bench.expired(by: worker)
            _ = try await bench.begin(by: worker) { [child] in
                var scheduled = EventBody.SubWorkflowScheduled.numbered(1, of: "p")
                scheduled.instance = child
                return $0.starting(scheduled)
            }
            try await bench.settle()
            try await bench.store.terminate(child, execution: nil, reason: "enough")
            try await bench.tickAll(by: worker)
            for instance in [start.instance, child] {
                #expect(try await bench.state(of: instance).status == .terminated)
            }
        },
        Check("the earlier histories of an expired instance are gone with it", .keptContinuations) { bench in
            let worker = try await bench.worker()
            let start = try await bench.start(retention: .milliseconds(1))
            for _ in 0..<2 { try await bench.commit(try await bench.take(by: worker).transition().continuing()) }
            let before = try await bench.store.history(
                of: start.instance,
                execution: start.execution,
                after: 0,
                limit: 9
            )
            #expect(before.count == 2)
            try await bench.commit(try await bench.take(by: worker).transition().completing())
            try await bench.pass(.milliseconds(2))
            try await bench.tickAll(by: worker)
            await bench.expect(.instanceNotFound) {
                try await bench.store.history(of: start.instance, execution: start.execution, after: 0, limit: 9)
            }
        },
        Check("the id of an expired instance is free, and late work for the old one is dropped") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) { $0.scheduling(1, eager: true).scheduling(2, eager: true) }
            let old = running.transition().settling(running.eager(1)).completing()
            try await bench.commit(old)
            try await bench.store.remove(running.instance)
            let start = InstanceStart(instance: running.instance, workflow: "Check", input: .none)
            #expect(try await bench.store.start(start) == .started)
            let held = try await bench.take(by: worker)
            try await bench.expectConflict(old, "its answer was lost long ago")
            let isWanted = try await bench.store.finish(
                running.eager(2),
                by: worker.worker,
                outcome: .completed(.none)
            )
            #expect(!isWanted)
            #expect(try await bench.commit(held.transition()).isEmpty)
        },
    ]
}

extension Bench {
    /// The id of an instance whose retention is over, unless a tick is needed to drop it.
    fileprivate func expired(by worker: WorkerRegistration) async throws -> InstanceID {
        let start = try await start(retention: .milliseconds(1))
        try await commit(try await take(by: worker).transition().completing())
        try await pass(.milliseconds(5))
        return start.instance
    }

    /// Expects an instance to be there until a moment, and gone with the tick after it.
    fileprivate func expectGone(
        _ instance: InstanceID,
        at moment: Timestamp,
        by worker: WorkerRegistration
    ) async throws {
        for _ in 0..<1000 {
            let state = try await store.state(of: instance)
            let report = try await tick(by: worker)
            guard report.now >= moment else {
                #expect(state != nil, "gone early")
                // Where time stands still, the tick has not removed it either.
                if subject.isVirtual { #expect(try await store.state(of: instance) != nil, "removed early") }
                let left = moment - report.now
                try await pass(left > .milliseconds(1) ? left - .milliseconds(1) : left)
                continue
            }
            try await tickAll(by: worker)
            #expect(try await store.state(of: instance) == nil)
            return
        }
        throw Disappointment("it stays for ever")
    }

    /// Instances that use everything, from their start to the end of their retention, and workers that come and leave.
    fileprivate func wholeLife() async throws {
        let worker = try await worker()
        let other = try await self.worker()
        let due = store.now + .milliseconds(1)
        let first = try await begin(by: worker) { transition in
            transition.scheduling(1).scheduling(2, eager: true).settingTimer(3, due: due).settingTimer(4, due: due)
        }
        try await signal("one", to: first.instance, id: "id")
        try await pass(.milliseconds(2))
        try await tickAll(by: worker)
        let task = try await takeActivity(by: other)
        #expect(try await store.finish(task, by: other.worker, outcome: .completed(.none)))
        let held = try await take(by: worker)
        #expect(held.inputs.count == 4)
        try await commit(held.transition().settling(first.eager(2)).completing())

        let second = try await begin(by: worker) {
            $0.scheduling(1).scheduling(2, eager: true).settingTimer(3, due: due)
        }
        try await signal("unread", to: second.instance, id: "id")
        try await commit(second.transition().settling(second.eager(2)).completing())

        try await pass(subject.times.retention + .milliseconds(1))
        try await tickAll(by: worker)
        #expect(try await store.state(of: first.instance) == nil)
        #expect(try await store.state(of: second.instance) == nil)
        try await leaveAll()
    }
}
