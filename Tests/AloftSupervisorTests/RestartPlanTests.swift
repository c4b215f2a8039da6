import AloftSupervisor
import Testing

@Suite struct RestartPlanTests {
    private let options = Supervisor.Options(
        firstPause: .seconds(1),
        longestPause: .seconds(5),
        healthyTime: .seconds(60),
        maximumQuickCrashes: 6
    )

    @Test func pausesGrowUpToTheLongest() {
        var plan = RestartPlan(options)
        var actions: [RestartPlan.Action] = []
        for _ in 1...6 { actions.append(plan.crashed(after: .seconds(1), random: 1)) }
        let pauses: [RestartPlan.Action] = [1, 2, 4, 5, 5].map { .restart(after: .seconds($0)) }
        #expect(actions == pauses + [.giveUp])
    }

    @Test func halfOfAPauseIsLeftToChance() {
        var plan = RestartPlan(options)
        #expect(plan.crashed(after: .zero, random: 0) == .restart(after: .milliseconds(500)))
    }

    @Test func aHealthyTimeForgivesEarlierCrashes() {
        var plan = RestartPlan(options)
        for _ in 1...5 { _ = plan.crashed(after: .seconds(59), random: 1) }
        #expect(plan.crashed(after: .seconds(60), random: 1) == .restart(after: .seconds(1)))
        #expect(plan.quickCrashes == 1)
    }
}
