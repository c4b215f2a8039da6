import StoreConformance
import Testing

/// Checks that run at the same time, each on a store of its own: most of them wait for time to pass.
enum SideBySide {
    @TaskLocal private static var check: String?

    /// - Parameter width: How many run at the same time at most.
    static func run(_ checks: [StoreConformance.Check], width: Int, on subject: StoreUnderTest) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, check) in checks.enumerated() {
                if index >= width { await group.next() }
                group.addTask {
                    await $check.withValue(check.name) {
                        do {
                            try await check.run(on: subject)
                        } catch is ExpectationFailedError {
                            // Recorded already.
                        } catch {
                            Issue.record(error)
                        }
                    }
                }
            }
        }
    }

    /// Says which of the checks it was.
    static func naming(_ issue: Issue) -> Issue {
        guard let check else { return issue }
        var issue = issue
        issue.comments.insert("check: \(check)", at: 0)
        return issue
    }
}
