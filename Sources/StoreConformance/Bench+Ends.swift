internal import AloftCore
internal import Testing

// How an instance is expected to have ended.
extension Bench {
    /// Expects that nothing of an instance is in flight any more, though it had a task in hand and two activities, the
    /// first of them eager.
    func expectDone(
        _ running: Running,
        _ held: Running,
        _ worker: WorkerRegistration,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        try await expectConflict(held.transition(), "its task", at: location)
        try await expectConflict(running.transition().settling(running.eager(1)), "its activity", at: location)
        let isWanted = try await store.finish(running.eager(1), by: worker.worker, outcome: .completed(.none))
        #expect(!isWanted, sourceLocation: location)
        if let task = held.task {
            #expect(try await store.load(task) == nil, sourceLocation: location)
            try await store.postpone(task, by: worker.worker, delay: step, problem: "late")
        }
        await expect(.instanceFinished, at: location) { try await self.signal("late", to: running.instance) }
        #expect(try await everyActivity(for: worker).isEmpty, sourceLocation: location)
        #expect(try await everyTask(for: worker).isEmpty, sourceLocation: location)
        let state = try await state(of: running.instance)
        #expect(state.problem == nil, sourceLocation: location)
        #expect(state.owner == nil, sourceLocation: location)
        try await expectNothingDue(by: worker, at: location)
    }
}
