/// When a program that crashed is started again.
package struct RestartPlan {
    package enum Action: Equatable {
        case restart(after: Duration)
        /// It crashed too often, and each time too soon.
        case giveUp
    }

    private let options: Supervisor.Options
    /// Crashes in a row after less than a healthy time.
    package private(set) var quickCrashes = 0

    package init(_ options: Supervisor.Options) { self.options = options }

    /// - Parameter random: From 0 to 1: the share of the pause that is left to chance, so that a fleet does not restart in step.
    package mutating func crashed(after lifetime: Duration, random: Double) -> Action {
        quickCrashes = lifetime >= options.healthyTime ? 1 : quickCrashes + 1
        guard quickCrashes < options.maximumQuickCrashes else { return .giveUp }
        var pause = options.firstPause
        for _ in 1..<max(2, min(quickCrashes, 32)) where quickCrashes > 1 {
            pause = min(pause * 2, options.longestPause)
        }
        return .restart(after: min(pause, options.longestPause) * (0.5 + random / 2))
    }
}
