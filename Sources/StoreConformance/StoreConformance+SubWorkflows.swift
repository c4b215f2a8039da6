internal import AloftCore
internal import Testing

// Sub-workflows run on a queue of their own here, so that the tasks of parent and child are told apart.
extension StoreConformance {
    static let subWorkflows: [Check] = [
        Check("a sub-workflow is there when the transition that starts it is") { bench in
            let (worker, helper) = try await bench.family()
            let (parent, child) = try await bench.parent(by: worker)
            let link = ParentLink(instance: parent.instance, execution: parent.execution, command: child.command)
            let state = try await bench.state(of: child.instance)
            #expect(state.execution == child.execution)
            #expect(state.workflow == child.workflow)
            #expect(state.queue == "children")
            #expect(state.status == .running)
            #expect(state.parent == link)
            #expect(state.historyLength == 0)
            let started = EventBody.Started(
                workflow: child.workflow,
                queue: "children",
                input: child.input,
                parent: link
            )
            #expect(try await bench.take(by: helper).bodies == [.started(started)])
            #expect(try await bench.state(of: parent.instance).parent == nil)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("a sub-workflow inherits the queue of its parent, and has its own timeout and memo") { bench in
            let worker = try await bench.worker(workflows: ["orders"])
            var child = EventBody.SubWorkflowScheduled.numbered(1, of: "p", on: nil)
            child.executionTimeout = .seconds(600)
            child.memo = ["a": "b"]
            _ = try await bench.begin(on: "orders", by: worker) { [child] in $0.starting(child) }
            try await bench.settle()
            let state = try await bench.state(of: child.instance)
            #expect(state.queue == "orders")
            #expect(state.memo == ["a": "b"])
            #expect(state.deadline == state.createdAt + .seconds(600))
            #expect(try await bench.take(by: worker).instance == child.instance)
        },
        Check("however a sub-workflow ends, its parent is told once") { bench in
            let (worker, helper) = try await bench.family()
            let failure = Failure(
                type: "Declined",
                message: "no",
                details: .text("why"),
                causes: [.init(type: "C", message: "c")]
            )
            let ends: [(Completion, EventBody)] = [
                (.completed(.text("result")), .subWorkflowCompleted(CommandID(1), .text("result"))),
                (.failed(failure), .subWorkflowFailed(CommandID(1), failure)),
                (.cancelled(failure), .subWorkflowFailed(CommandID(1), failure)),
            ]
            for (completion, expected) in ends {
                let (parent, child) = try await bench.parent(by: worker)
                let last = try await bench.take(by: helper).transition().completing(completion)
                try await bench.commit(last)
                try await bench.commit(last)
                let held = try await bench.take(by: worker)
                #expect(held.instance == parent.instance)
                #expect(held.bodies == [expected])
                let told = try #require(held.inputs.first?.timestamp)
                let finished = try #require(try await bench.state(of: child.instance).finishedAt)
                // Where it is told later, its time is when it was told.
                #expect(bench.subject.settle == nil ? told == finished : told >= finished)
                try await bench.commit(held.transition())
                try await bench.settle()
                #expect(try await bench.everyTask(for: worker).isEmpty)
            }
        },
        Check("a parent is told of a sub-workflow that was terminated, or whose time was over") { bench in
            let (worker, _) = try await bench.family()
            let (_, child) = try await bench.parent(by: worker)
            try await bench.store.terminate(child.instance, execution: nil, reason: "enough")
            let terminated = Failure(kind: .terminated, type: "Terminated", message: "enough")
            let held = try await bench.take(by: worker)
            #expect(held.bodies == [.subWorkflowFailed(CommandID(1), terminated)])
            try await bench.commit(held.transition().completing())
            _ = try await bench.parent(by: worker) { $0.executionTimeout = .milliseconds(1) }
            try await bench.pass(.milliseconds(2))
            try await bench.tickAll(by: worker)
            guard case .subWorkflowFailed(CommandID(1), let failure)? = try await bench.take(by: worker).bodies.first
            else { throw Disappointment("the parent was not told") }
            #expect(failure.kind == .timeout)
        },
        Check("a sub-workflow whose id is used by an open instance fails, and the parent finds that with its task") {
            bench in
            let (worker, helper) = try await bench.family()
            let other = try await bench.start(on: "children")
            let state = try await bench.state(of: other.instance)
            var child = EventBody.SubWorkflowScheduled.numbered(1, of: "p")
            child.instance = other.instance
            try await bench.start()
            let held = try await bench.take(by: worker)
            let next = try await bench.advance(held, with: held.transition().starting(child))
            guard case .subWorkflowFailed(CommandID(1), let failure)? = next.bodies.first else {
                throw Disappointment("\(next.bodies)")
            }
            #expect(next.bodies.count == 1)
            #expect(failure.kind == .alreadyExists)
            #expect(failure.message.contains(other.instance.rawValue), "it names the id")
            #expect(try await bench.state(of: other.instance) == state)
            try await bench.commit(next.transition())
            try await bench.commit(try await bench.take(by: helper).transition().completing())
            try await bench.settle()
            #expect(try await bench.everyTask(for: worker).isEmpty, "the end of the other is none of its business")
        },
        Check("of two sub-workflows under one id in one transition, the second fails") { bench in
            let (worker, helper) = try await bench.family()
            let first = EventBody.SubWorkflowScheduled.numbered(1, of: "p")
            var second = EventBody.SubWorkflowScheduled.numbered(2, of: "p")
            second.instance = first.instance
            try await bench.start()
            let held = try await bench.take(by: worker)
            let next = try await bench.advance(held, with: held.transition().starting(first).starting(second))
            #expect(next.bodies.map(\.command) == [CommandID(2)])
            try await bench.commit(next.transition())
            #expect(try await bench.everyTask(for: helper).map(\.execution) == [first.execution])
        },
        Check("an instance cannot be its own sub-workflow") { bench in
            let worker = try await bench.worker()
            let start = try await bench.start()
            var child = EventBody.SubWorkflowScheduled.numbered(1, of: "p")
            child.instance = start.instance
            let held = try await bench.take(by: worker)
            let next = try await bench.advance(held, with: held.transition().starting(child))
            #expect(next.bodies.map(\.command) == [CommandID(1)])
            #expect(try await bench.state(of: start.instance).execution == start.execution)
        },
        Check("a sub-workflow takes the place of a finished instance of its id") { bench in
            let (worker, helper) = try await bench.family()
            let old = try await bench.finished(by: worker)
            let (_, child) = try await bench.parent(by: worker) { $0.instance = old.instance }
            let state = try await bench.state(of: old.instance)
            #expect(state.execution == child.execution)
            #expect(state.status == .running)
            #expect(state.historyLength == 0)
            try await bench.expectNothingDue(by: worker)
            try await bench.commit(try await bench.take(by: helper).transition().completing())
            #expect(try await bench.take(by: worker).bodies == [.subWorkflowCompleted(CommandID(1), .text("done"))])
        },
        Check("a sub-workflow that is started again under its execution id is left as it is") { bench in
            let (worker, helper) = try await bench.family()
            let (parent, child) = try await bench.parent(by: worker)
            try await bench.commit(try await bench.take(by: helper).transition())
            let state = try await bench.state(of: child.instance)
            try await bench.signal("go on", to: parent.instance)
            let held = try await bench.take(by: worker)
            let next = try await bench.advance(held, with: held.transition().starting(child))
            #expect(next.task == nil)
            #expect(try await bench.state(of: child.instance) == state)
            try await bench.signal("finish", to: child.instance)
            try await bench.commit(try await bench.take(by: helper).transition().completing())
            #expect(try await bench.take(by: worker).inputs.count == 1)
        },
        Check("a sub-workflow that is asked to cancel finds that in its inbox, once") { bench in
            let (worker, helper) = try await bench.family()
            let (parent, child) = try await bench.parent(by: worker)
            let before = try await bench.take(by: helper)
            try await bench.commit(before.transition())
            try await bench.signal("go on", to: parent.instance)
            let cancel = try await bench.take(by: worker).transition().cancellingSubWorkflow(1)
            try await bench.commit(cancel)
            try await bench.commit(cancel)
            let held = try await bench.take(by: helper)
            #expect(held.instance == child.instance)
            #expect(held.bodies.map(\.isCancelRequest) == [true])
            let failure = Failure(kind: .cancelled, type: "CancellationError", message: "cancelled")
            try await bench.commit(held.transition().completing(.cancelled(failure)))
            #expect(try await bench.take(by: worker).bodies == [.subWorkflowFailed(CommandID(1), failure)])
        },
        Check("a sub-workflow that is cancelled by the transition that starts it has both in its inbox") { bench in
            let (worker, helper) = try await bench.family()
            let child = EventBody.SubWorkflowScheduled.numbered(1, of: "p")
            _ = try await bench.begin(by: worker) { $0.starting(child).cancellingSubWorkflow(1) }
            try await bench.settle()
            let held = try await bench.take(by: helper)
            guard held.inputs.count == 2, case .started = held.bodies[0], held.bodies[1].isCancelRequest else {
                throw Disappointment("\(held.bodies)")
            }
        },
        Check("to cancel a sub-workflow that has ended, or never was, does nothing") { bench in
            let (worker, helper) = try await bench.family()
            let (_, child) = try await bench.parent(by: worker)
            try await bench.commit(try await bench.take(by: helper).transition().completing())
            try await bench.settle()
            let held = try await bench.take(by: worker)
            let next = try await bench.advance(
                held,
                with: held.transition().cancellingSubWorkflow(1).cancellingSubWorkflow(9)
            )
            #expect(next.task == nil)
            #expect(try await bench.state(of: child.instance).status == .completed)
            #expect(try await bench.everyTask(for: helper).isEmpty)
        },
        Check("what became of a sub-workflow comes with the inputs of a task that is held") { bench in
            let (worker, helper) = try await bench.family()
            let (parent, _) = try await bench.parent(by: worker)
            try await bench.signal("go on", to: parent.instance)
            let held = try await bench.take(by: worker)
            try await bench.commit(try await bench.take(by: helper).transition().completing())
            try await bench.settle()
            let inputs = try await bench.commit(held.transition(consuming: 1))
            #expect(inputs.map(\.body) == [.subWorkflowCompleted(CommandID(1), .text("done"))])
        },
        Check("a transition with an unusable name or too large an input starts nothing", .payloads(upTo: 1000)) {
            bench in
            let worker = try await bench.worker()
            try await bench.start()
            let held = try await bench.take(by: worker)
            let good = EventBody.SubWorkflowScheduled.numbered(1, of: "p")
            func refused(_ code: StoreError.Code, _ change: (inout EventBody.SubWorkflowScheduled) -> Void) async {
                var bad = EventBody.SubWorkflowScheduled.numbered(2, of: "p")
                change(&bad)
                let transition = held.transition().starting(good).starting(bad)
                await bench.expect(code) { try await bench.store.commit(transition) }
            }
            await refused(.invalidIdentifier) { $0.instance = "" }
            await refused(.invalidIdentifier) { $0.execution = "line\nbreak" }
            await refused(.invalidIdentifier) { $0.queue = "" }
            await refused(.invalidIdentifier) { $0.workflow = "" }
            await refused(.payloadTooLarge) { $0.input = .bytes(1001) }
            await refused(.payloadTooLarge) { $0.memo = ["a": String(repeating: "x", count: 1000)] }
            try await bench.settle()
            #expect(try await bench.store.state(of: good.instance) == nil)
            #expect(try await bench.state(of: held.instance).historyLength == 0)
            try await bench.commit(held.transition().starting(good))
        },
        Check("a transition that conflicts starts no sub-workflow and sends nothing") { bench in
            let worker = try await bench.worker()
            let other = try await bench.begin(by: worker)
            try await bench.start()
            let held = try await bench.take(by: worker)
            try await bench.commit(held.transition())
            let child = EventBody.SubWorkflowScheduled.numbered(1, of: "p")
            try await bench.expectConflict(held.transition().starting(child).signalling(2, other.instance, "one"))
            try await bench.settle()
            #expect(try await bench.store.state(of: child.instance) == nil)
            #expect(try await bench.everyTask(for: worker).isEmpty)
        },
        Check("hundreds of sub-workflows of one transition are all started, and all are told of") { bench in
            let (worker, helper) = try await bench.family()
            let count = 300
            let parent = try await bench.begin(by: worker) { transition in
                (1...count).reduce(transition) { $0.starting(.numbered($1, of: "p")) }
            }
            try await bench.settle()
            for _ in 0..<count { try await bench.commit(try await bench.take(by: helper).transition().completing()) }
            try await bench.settle()
            var told: [CommandID?] = []
            var held = try await bench.take(by: worker)
            while held.task != nil {
                told += held.bodies.map(\.command)
                held = try await bench.advance(held, with: held.transition())
            }
            #expect(Set(told) == Set((1...count).map(CommandID.init)))
            #expect(told.count == count)
            #expect(try await bench.state(of: parent.instance).historyLength == 1 + 2 * count)
        },
    ]
}
