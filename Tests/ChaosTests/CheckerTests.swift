import Aloft
import ChaosKit
import Testing

/// A checker that finds nothing is worth nothing: each fault that it is for is put before it once.
@Suite struct CheckerTests {
    private let job = Job(kind: .chain, id: "a", size: 1, value: 5)
    private var result: Int { 5 * 31 }

    private func history(_ end: EventBody, outcomes: Int = 1) throws -> [Event] {
        let step = ChaosActivities.Step(effect: "a/0", sum: 5, next: 0, failures: 0)
        let scheduled = EventBody.ActivityScheduled(
            command: CommandID(1),
            name: "work",
            queue: nil,
            input: try PayloadCoder().encode(step),
            retry: .none
        )
        let started = EventBody.Started(workflow: "Chain", queue: "chaos", input: try PayloadCoder().encode(job))
        let completed = EventBody.activityCompleted(CommandID(1), try PayloadCoder().encode(result))
        let bodies =
            [.started(started), .activityScheduled(scheduled)] + Array(repeating: completed, count: outcomes) + [end]
        return bodies.enumerated().map { Event(number: $0 + 1, timestamp: Timestamp(milliseconds: 0), body: $1) }
    }

    private func effect(execution: String = "x") -> Effect {
        Effect(name: "a/0", instance: "a", execution: execution, command: "1", attempt: 1)
    }

    private func good() throws -> Checker {
        let end = EventBody.workflowCompleted(try PayloadCoder().encode(result))
        return Checker(
            acknowledged: [job],
            observations: ["a": Observation(status: .completed, execution: "x", history: try history(end))],
            outcomes: ["a": [.completed(result)]],
            effects: [effect()]
        )
    }

    @Test func whatIsRightIsRight() throws {
        let verdict = try good().verdict()
        #expect(verdict.complaints.isEmpty)
        #expect([verdict.started, verdict.finished, verdict.lost, verdict.wrong] == [1, 1, 0, 0])
        #expect(verdict.duplicatedOutcomes == 0 && verdict.activityReruns == 0)
    }

    @Test func anInstanceThatIsGoneIsLost() throws {
        var checker = try good()
        checker.observations = [:]
        #expect(checker.verdict().lost == 1)
        #expect(checker.verdict().finished == 0)
    }

    @Test func anInstanceThatDoesNotEndIsLost() throws {
        var checker = try good()
        checker.observations["a"]?.status = .running
        #expect(checker.verdict().lost == 1)
    }

    @Test func aChildThatIsGoneIsLost() throws {
        let family = Job(kind: .pair, id: "p", size: 1, value: 1)
        let checker = Checker(acknowledged: [family], observations: [:], outcomes: [:], effects: [])
        #expect(checker.verdict().lost == 2)
    }

    @Test func anEffectThatNeverHappenedIsLost() throws {
        var checker = try good()
        checker.effects = []
        #expect(checker.verdict().lost == 1)
    }

    @Test func anotherResultIsWrong() throws {
        var checker = try good()
        let end = EventBody.workflowCompleted(try PayloadCoder().encode(result + 1))
        checker.observations["a"]?.history = try history(end)
        checker.outcomes["a"] = [.completed(result + 1)]
        #expect(checker.verdict().wrong == 1)
        #expect(checker.verdict().duplicatedOutcomes == 0)
    }

    @Test func anotherEndIsWrong() throws {
        var checker = try good()
        let failure = Failure(kind: .cancelled, type: "CancellationError", message: "")
        checker.observations["a"]?.history = try history(.workflowCancelled(failure))
        checker.outcomes["a"] = [.cancelled]
        #expect(checker.verdict().wrong == 1)
    }

    @Test func aHistoryWithAGapIsWrong() throws {
        var checker = try good()
        checker.observations["a"]?.history.remove(at: 1)
        #expect(checker.verdict().wrong == 1)
    }

    @Test func aHistoryWithoutAnEndIsWrong() throws {
        var checker = try good()
        checker.observations["a"]?.history.removeLast()
        #expect(checker.verdict().wrong == 1)
    }

    @Test func twoOutcomesOfAnActivityAreDuplicates() throws {
        var checker = try good()
        let end = EventBody.workflowCompleted(try PayloadCoder().encode(result))
        checker.observations["a"]?.history = try history(end, outcomes: 2)
        #expect(checker.verdict().duplicatedOutcomes == 1)
    }

    @Test func twoEndsAreDuplicates() throws {
        var checker = try good()
        let end = EventBody.workflowCompleted(try PayloadCoder().encode(result))
        let last = Event(number: 5, timestamp: Timestamp(milliseconds: 0), body: end)
        checker.observations["a"]?.history.append(last)
        #expect(checker.verdict().duplicatedOutcomes == 1)
    }

    @Test func anOutcomeThatSomebodySawOtherwiseIsADuplicate() throws {
        var checker = try good()
        checker.outcomes["a"] = [.completed(result), .terminated]
        #expect(checker.verdict().duplicatedOutcomes == 1)
    }

    @Test func anEffectOfTwoExecutionsIsADuplicate() throws {
        var checker = try good()
        checker.effects.append(effect(execution: "y"))
        #expect(checker.verdict().duplicatedOutcomes == 1)
    }

    @Test func anEffectThatWasAskedForAgainIsNoDuplicate() throws {
        var checker = try good()
        checker.effects.append(
            Effect(name: "a/0", round: 1, instance: "a", execution: "x", command: "2", attempt: 1)
        )
        #expect(checker.verdict().complaints.isEmpty)
    }

    @Test func anEffectOfTwoActivitiesIsADuplicate() throws {
        var checker = try good()
        checker.effects.append(Effect(name: "a/0", instance: "a", execution: "x", command: "2", attempt: 1))
        #expect(checker.verdict().duplicatedOutcomes == 1)
    }

    @Test func anEffectThatIsRepeatedIsARerun() throws {
        var checker = try good()
        checker.effects.append(effect())
        let verdict = checker.verdict()
        #expect(verdict.activityReruns == 1 && verdict.complaints.isEmpty)
    }

    @Test func aSagaThatIsNotUndoneIsWrong() throws {
        let saga = Job(kind: .saga, id: "a", size: 1, value: 5)
        let failure = Failure(kind: .cancelled, type: "CancellationError", message: "")
        let observation = Observation(
            status: .cancelled,
            execution: "x",
            history: try history(.workflowCancelled(failure))
        )
        let checker = Checker(
            acknowledged: [saga],
            observations: ["a": observation],
            outcomes: [:],
            effects: [effect()]
        )
        #expect(checker.verdict().wrong == 1)
        #expect(checker.verdict().complaints == ["wrong: a: step 0 was not undone"])
    }
}
