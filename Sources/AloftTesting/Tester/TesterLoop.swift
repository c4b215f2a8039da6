internal import Aloft
internal import AloftCore

/// The single thread of a tester: does one thing after the other until nothing is left, then moves the clock.
struct TesterLoop {
    let tester: WorkflowTester
    let registry: Registry
    private var stepCount = 0

    init(tester: WorkflowTester, registry: Registry) {
        self.tester = tester
        self.registry = registry
    }

    var store: MemoryStore { tester.store }
    let worker: WorkerID = "tester"

    /// Serves every queue that was named so far.
    var registration: WorkerRegistration {
        let queues = tester.withState { $0.queues }
        return WorkerRegistration(worker: worker, workflowQueues: queues, activityQueues: queues, host: "tester")
    }

    /// The earliest moment at which there is something to do.
    var nextMoment: Timestamp? {
        [store.nextDue, tester.withState { $0.agenda.next }].compactMap(\.self).min()
    }

    /// Does everything that can be done at this moment but for what is on the agenda.
    mutating func settle() async throws {
        while true {
            try checkForeignJobs()
            if let task = try await store.nextWorkflowTasks(for: registration, limit: 1).first {
                try countStep()
                try await move(task)
            } else if let task = try await store.nextActivityTasks(for: registration, limit: 1).first {
                try countStep()
                try await perform(task)
            } else {
                return
            }
        }
    }

    /// Does all that can be done now, and then the next thing that is due, moving the clock if need be.
    ///
    /// - Returns: Whether there was one up to the limit.
    mutating func moveOn(upTo limit: Timestamp) async throws -> Bool {
        try await settle()
        guard let next = nextMoment, next <= limit else { return false }
        try countStep()
        moveClock(to: next)
        if let due = store.nextDue, due <= store.now {
            _ = try await store.tick(by: worker)
        } else if let item = tester.withState({ $0.agenda.popFirst(upTo: store.now) }) {
            try await carryOut(item)
        }
        return true
    }

    /// Moves the clock to a moment, unless it is there or further already.
    func moveClock(to moment: Timestamp) {
        tester.clock.advance(to: VirtualClock.Instant(offset: moment - tester.epoch))
    }

    /// Drops what has finished and is no longer retained; no clock is moved for that.
    func forget() async throws { while try await store.tick(by: worker).isMoreDue {} }

    private func carryOut(_ item: TesterAgenda.Item) async throws {
        switch item {
        case .outcome(let task, let outcome): try await finish(task, outcome)
        case .callback(let callback):
            tester.note(.callback, callback.location)
            do {
                try await callback.body(tester)
            } catch let error as TesterError {
                throw error
            } catch {
                throw TesterError(
                    .callbackFailed,
                    "the callback at \(callback.location) threw at \(store.now.text): \(error)",
                    underlying: error
                )
            }
        }
    }

    private mutating func countStep() throws {
        try Task.checkCancellation()
        stepCount += 1
        guard stepCount > tester.stepLimit else { return }
        let last = tester.log.suffix(5).map(\.description).joined(separator: ", ")
        throw TesterError(
            .stepLimit,
            "after \(tester.stepLimit) workflow tasks, activities and callbacks there is still something to do; the last "
                + "were: \(last). If that is no endless loop, make the tester with a higher stepLimit"
        )
    }

    private func checkForeignJobs() throws {
        guard let instance = tester.foreignJobs.take() else { return }
        throw TesterError(
            .taskFailed,
            "instance \(instance) awaited something outside its context: Task.sleep, an actor with its own executor, "
                + "Task { }, a network call or the like. Use context.sleep, an activity, async let or a task group instead"
        )
    }
}
