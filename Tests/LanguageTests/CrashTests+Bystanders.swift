import Aloft
import Synchronization
import Testing

extension CrashTests {
    struct Crowd: Workflow {
        /// Answers which of the activities failed, and how.
        func run(_ context: WorkflowContext, _ count: Int) async throws -> [String] {
            try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<count {
                    group.addTask {
                        do {
                            _ = try await context.activity(ActivityReference<Int, Int>("member"), number)
                            return nil
                        } catch let error as CrashError {
                            return "\(number): \(error.failure.kind)"
                        }
                    }
                }
                var failures: [String] = []
                for try await failure in group { if let failure { failures.append(failure) } }
                return failures
            }
        }
    }

    /// Healthy activities that go on until the poison among them is gone; when that one begins, its worker dies.
    final class Members: Sendable {
        let poison: Int
        private let runs = Mutex<[Int: Int]>([:])
        private let isOver = Mutex(false)

        init(poison: Int) { self.poison = poison }

        var counts: [Int: Int] { runs.withLock { $0 } }
        func end() { isOver.withLock { $0 = true } }

        func component(dying line: SeveredStore) -> WorkerComponent {
            .activity(
                ActivityFunction<Int, Int>("member") { (number: Int) in
                    self.runs.withLock { $0[number, default: 0] += 1 }
                    if number == self.poison {
                        line.cut()
                        try await Task.sleep(for: .seconds(3600))
                    }
                    while !self.isOver.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(200)) }
                    return number
                }
            )
        }
    }

    @Test("Of many activities that run beside one that kills its worker, that one fails and no other")
    func bystanders() async { await onAllSetups(bystanders) }

    private func bystanders(_ setup: Setup) async throws {
        try await withFleet(setup, lease: .seconds(2)) { fleet in
            let count = 101
            let members = Members(poison: 50)
            var decides = setup.options
            decides.servesActivities = false
            var runs = setup.options
            runs.servesWorkflows = false
            runs.maximumActivities = count
            runs.problemRetryInterval = .milliseconds(500)
            runs.firstTrial = .milliseconds(50)
            let options = runs
            let handle = try await fleet.client.start(Crowd.self, count)
            try await fleet.withWorker(options: decides) {
                Crowd.self
            } body: {
                try await eventually { try await handle.pendingActivities().count == count }
                // Nobody ends before the poison does.
                func isOver() async throws -> Bool { try await handle.pendingActivities().count < count }
                var deaths = 0
                while try await !isOver() {
                    let line = SeveredStore(fleet.store)
                    let doomed = Fleet(store: line, client: WorkflowClient(store: line), setup: setup)
                    try await doomed.withWorker(options: options) {
                        members.component(dying: line)
                    } body: {
                        try await eventually {
                            if line.isDown { return true }
                            return try await handle.pendingActivities().count < count
                        }
                    }
                    if line.isDown { deaths += 1 }
                }
                #expect((3...5).contains(deaths))
                members.end()
                let line = SeveredStore(fleet.store)
                try await fleet.withWorker(options: options) {
                    members.component(dying: line)
                } body: {
                    let failures = try await handle.result()
                    #expect(failures == ["\(members.poison): crash"])
                }
                #expect(members.counts.values.allSatisfy { $0 <= 6 }, "\(members.counts)")
            }
        }
    }
}
