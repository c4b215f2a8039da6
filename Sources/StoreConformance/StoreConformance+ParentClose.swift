internal import AloftCore
internal import Testing

extension StoreConformance {
    static let parentClose: [Check] = [
        Check("when a parent ends its open sub-workflows go by their policy") { bench in
            let (worker, helper) = try await bench.family()
            for end in ParentEnd.allCases {
                let (parent, children) = try await bench.parentOfThree(by: worker)
                for _ in 0..<3 { try await bench.commit(try await bench.take(by: helper).transition()) }
                try await bench.end(parent, end, by: worker)
                let cancelled = try await bench.take(by: helper)
                #expect(cancelled.instance == children[0].instance)
                #expect(cancelled.bodies.map(\.isCancelRequest) == [true])
                try await bench.commit(cancelled.transition().completing())
                try await bench.settle()
                let state = try await bench.state(of: children[1].instance)
                #expect(state.status == .terminated)
                guard case .workflowTerminated(let failure)? = try await bench.lastEvent(of: children[1].instance)?.body
                else { throw Disappointment("no end in the history") }
                #expect(failure.kind == .terminated)
                #expect(failure.message.contains(parent.instance.rawValue), "it names the parent")
                #expect(try await bench.state(of: children[2].instance).status == .running)
                #expect(try await bench.everyTask(for: helper).isEmpty)
                try await bench.signal("finish", to: children[2].instance)
                try await bench.commit(try await bench.take(by: helper).transition().completing())
                try await bench.settle()
                #expect(try await bench.everyTask(for: worker).isEmpty, "nobody is told any more")
            }
        },
        Check("sub-workflows that have ended are left alone when their parent ends") { bench in
            let (worker, helper) = try await bench.family()
            let (parent, child) = try await bench.parent(by: worker, policy: .terminate)
            try await bench.commit(try await bench.take(by: helper).transition().completing())
            try await bench.settle()
            let held = try await bench.take(by: worker)
            #expect(held.instance == parent.instance)
            try await bench.commit(held.transition().completing())
            try await bench.settle()
            #expect(try await bench.state(of: child.instance).status == .completed)
            #expect(try await bench.store.completion(of: child.instance) == .completed(.text("done")))
        },
        Check("a sub-workflow that is started by its parent's last transition goes by its policy") { bench in
            let (worker, helper) = try await bench.family()
            try await bench.start()
            let held = try await bench.take(by: worker)
            let children = ParentClosePolicy.allCases.enumerated().map {
                EventBody.SubWorkflowScheduled.numbered($0 + 1, of: "p", policy: $1)
            }
            try await bench.commit(children.reduce(held.transition()) { $0.starting($1) }.completing())
            try await bench.settle()
            #expect(try await bench.state(of: children[1].instance).status == .terminated)
            // In any order: a request to cancel may put the task of a new instance behind others.
            var inputs: [InstanceID: [Bool]] = [:]
            for _ in 0..<2 {
                let held = try await bench.take(by: helper)
                inputs[held.instance] = held.bodies.map(\.isCancelRequest)
            }
            #expect(inputs == [children[0].instance: [false, true], children[2].instance: [false]])
            #expect(try await bench.everyTask(for: helper).isEmpty)
        },
        Check("a sub-workflow that is terminated closes its own, down to the last") { bench in
            let (worker, helper) = try await bench.family()
            let depth = 20
            let (parent, first) = try await bench.parent(by: worker, policy: .terminate)
            var family = [first]
            for level in 1..<depth {
                let next = EventBody.SubWorkflowScheduled.numbered(
                    1,
                    of: "level-\(level)",
                    policy: level < depth - 1 ? .terminate : .cancel
                )
                try await bench.commit(try await bench.take(by: helper).transition().starting(next))
                try await bench.settle()
                family.append(next)
            }
            try await bench.commit(try await bench.take(by: helper).transition())
            try await bench.store.terminate(parent.instance, execution: nil, reason: "enough")
            try await bench.settle()
            for child in family.dropLast() { #expect(try await bench.state(of: child.instance).status == .terminated) }
            let last = try await bench.take(by: helper)
            #expect(last.instance == family.last?.instance)
            #expect(last.bodies.map(\.isCancelRequest) == [true])
        },
        Check("hundreds of sub-workflows are closed with their parent") { bench in
            let (worker, helper) = try await bench.family()
            let count = 300
            let parent = try await bench.begin(by: worker) { transition in
                (1...count).reduce(transition) {
                    $0.starting(.numbered($1, of: "p", policy: $1 == 1 ? .cancel : .terminate))
                }
            }
            try await bench.settle()
            try await bench.store.terminate(parent.instance, execution: nil, reason: "enough")
            try await bench.settle()
            for number in 2...count {
                let child = InstanceID("p-child-\(number)")
                #expect(try await bench.state(of: child).status == .terminated)
            }
            #expect(try await bench.everyTask(for: helper).map(\.instance) == ["p-child-1"])
        },
        Check("a sub-workflow outlives its parent's removal, and its end is nobody's business") { bench in
            let (worker, helper) = try await bench.family()
            let (parent, child) = try await bench.parent(by: worker, policy: .abandon)
            try await bench.store.terminate(parent.instance, execution: nil, reason: "enough")
            try await bench.store.remove(parent.instance)
            #expect(try await bench.state(of: child.instance).parent?.instance == parent.instance)
            let again = InstanceStart(instance: parent.instance, workflow: "Check", input: .none)
            #expect(try await bench.store.start(again) == .started)
            try await bench.commit(try await bench.take(by: worker).transition())
            try await bench.commit(try await bench.take(by: helper).transition().completing())
            try await bench.settle()
            #expect(try await bench.everyTask(for: worker).isEmpty, "not even of one with the parent's id")
        },
        Check("a start that takes a sub-workflow's place ends it for its parent") { bench in
            let (worker, helper) = try await bench.family()
            let (_, child) = try await bench.parent(by: worker)
            let start = InstanceStart(
                instance: child.instance,
                workflow: "Check",
                queue: "children",
                input: .none,
                conflictPolicy: .terminateExisting
            )
            #expect(try await bench.store.start(start) == .started)
            guard case .subWorkflowFailed(CommandID(1), let failure)? = try await bench.take(by: worker).bodies.first
            else { throw Disappointment("the parent was not told") }
            #expect(failure.kind == .terminated)
            #expect(try await bench.state(of: start.instance).parent == nil)
            #expect(try await bench.take(by: helper).bodies == [start.event])
        },
        Check("after the retention of a family nothing of it is left", .shortRetention) { bench in
            guard let footprint = bench.subject.footprint else { return }
            func round() async throws {
                let (worker, helper) = try await bench.family()
                let (parent, children) = try await bench.parentOfThree(by: worker)
                let cancelled = try await bench.take(by: helper)
                try await bench.commit(cancelled.transition().completing())
                let held = try await bench.take(by: worker)
                try await bench.commit(held.transition().signalling(9, children[2].instance, "one"))
                try await bench.settle()
                try await bench.store.terminate(parent.instance, execution: nil, reason: "enough")
                try await bench.store.terminate(children[2].instance, execution: nil, reason: "enough")
                try await bench.settle()
                try await bench.pass(bench.subject.times.retention + .milliseconds(1))
                try await bench.tickAll(by: worker)
                for instance in children.map(\.instance) + [parent.instance] {
                    #expect(try await bench.store.state(of: instance) == nil)
                }
                try await bench.leaveAll()
            }
            try await round()
            let before = try await footprint(bench.store)
            for _ in 0..<3 { try await round() }
            #expect(try await footprint(bench.store) == before)
        },
    ]
}

/// The ways in which an execution ends.
private enum ParentEnd: CaseIterable {
    case completes
    case fails
    case continues
    case terminated
    case timedOut
}

extension Bench {
    /// An instance with an open sub-workflow of each policy, in the order of the policies.
    fileprivate func parentOfThree(
        by worker: WorkerRegistration
    ) async throws -> (parent: Running, children: [EventBody.SubWorkflowScheduled]) {
        let family = "parent-\(nextNumber())"
        let children = ParentClosePolicy.allCases.enumerated().map {
            EventBody.SubWorkflowScheduled.numbered($0 + 1, of: family, policy: $1)
        }
        // Long enough for all that comes before it is meant to pass, where time is real.
        try await start { $0.executionTimeout = step * 100 }
        let held = try await take(by: worker)
        let transition = children.reduce(held.transition()) { $0.starting($1) }
        try await commit(transition)
        try await settle()
        return (held.after(transition), children)
    }

    fileprivate func end(_ parent: Running, _ end: ParentEnd, by worker: WorkerRegistration) async throws {
        switch end {
        case .completes, .fails, .continues:
            try await signal("end", to: parent.instance)
            let last = try await take(by: worker).transition()
            let failure = Failure(type: "Failure", message: "failed")
            switch end {
            case .fails: try await commit(last.completing(.failed(failure)))
            case .continues:
                try await commit(last.continuing())
                #expect(try await take(by: worker).instance == parent.instance)
            default: try await commit(last.completing())
            }
        case .terminated: try await store.terminate(parent.instance, execution: nil, reason: "enough")
        case .timedOut:
            try await pass(step * 101)
            try await tickAll(by: worker)
        }
        try await settle()
    }
}
