internal import Aloft
internal import AloftCore

// Activities: mocks and registered ones, an attempt at a time.
extension TesterLoop {
    /// A test that lacks a mock is told so when the activity is scheduled, and not by an error in the workflow.
    func checkActivities(of decisions: Decisions, _ resident: TesterState.Resident) throws {
        for scheduled in decisions.activities where activity(named: scheduled.name) == nil {
            let mocks = tester.withState { state in
                state.activityMocks.filter { !$0.value.isPartOfWorkflow }.map(\.key)
            }
            resident.execution.evict()
            throw TesterError(
                .unknownType,
                "activity \(scheduled.name) of \(resident.blueprint.name) (\(resident.execution.instance)) is neither mocked nor "
                    + "registered; mock it: tester.mock(\(scheduled.name).self) { … }, or register it. "
                    + Self.known(mocked: mocks, registered: Array(registry.activities.keys))
            )
        }
    }

    /// Begins an attempt: the code runs at once, and if it is to take virtual time its outcome comes later.
    func perform(_ task: ActivityTask) async throws {
        let name = task.scheduled.name
        guard let (blueprint, duration) = activity(named: name) else { return }
        if tester.withState({ $0.activityMocks[name]?.isPartOfWorkflow != true }) {
            let kind = Occurrence.Kind.activityRan(attempt: task.lease.attempt)
            tester.note(kind, name, of: task.instance, input: task.scheduled.input)
        }
        let outcome = try await attempt(task, blueprint)
        guard let limit = task.scheduled.startToCloseTimeout, duration > limit else {
            return try await finish(task, outcome, after: duration)
        }
        let timeout = TimeoutError(limit: "start-to-close timeout", subject: "activity \(name)")
        try await finish(task, settled(task, timeout.failure), after: limit)
    }

    func finish(_ task: ActivityTask, _ outcome: ActivityOutcome) async throws {
        do {
            // An outcome that is not wanted any more is none.
            _ = try await store.finish(task, by: worker, outcome: outcome)
        } catch  where error.code == .payloadTooLarge {
            _ = try await store.finish(task, by: worker, outcome: .tooLarge(error.message))
        }
    }

    private func finish(_ task: ActivityTask, _ outcome: ActivityOutcome, after duration: Duration) async throws {
        guard duration > .zero else { return try await finish(task, outcome) }
        let moment = store.now + duration
        tester.withState { $0.agenda.add(.outcome(task, outcome), at: moment) }
    }

    /// - Throws: ``TesterError`` if the test itself is wrong; every other error is an outcome.
    private func attempt(_ task: ActivityTask, _ blueprint: ActivityBlueprint) async throws -> ActivityOutcome {
        let context = ActivityContext(task: task, logger: tester.logger)
        do {
            return .completed(try await blueprint.body(context, task.scheduled.input))
        } catch let error as TesterError {
            throw error
        } catch {
            return settled(task, Failure(error, coder: tester.coder))
        }
    }

    /// Whether it is tried again is up to its policy.
    private func settled(_ task: ActivityTask, _ failure: Failure) -> ActivityOutcome {
        let random = tester.withState { Double.random(in: 0..<1, using: &$0.generator) }
        let delay = task.scheduled.retry.delay(afterAttempt: task.lease.attempt, failure: failure, random: random)
        return delay.map { .retry(after: $0, failure) } ?? .failed(failure)
    }

    private func activity(named name: String) -> (ActivityBlueprint, Duration)? {
        if let mock = tester.withState({ $0.activityMocks[name] }) { return (mock.blueprint, mock.duration) }
        return registry.activities[name].map { ($0, .zero) }
    }
}
