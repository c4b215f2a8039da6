import Aloft
import AloftTesting
import ChaosKit
import Foundation
import Testing

/// Without chaos, the workflows end as the checker expects, and do what it expects.
@Suite struct WorkloadTests {
    // Not the impatient: their first attempt sleeps by the clock on the wall, which virtual time does not shorten.
    @Test(arguments: [Job.Kind.chain, .fanOut, .naps, .family, .pair], 2...6)
    func theResultIsTheOneExpected(kind: Job.Kind, size: Int) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/journal-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let journal = try Journal(path: path)
        let tester = WorkflowTester()
        tester.register {
            ChaosWorkflows.components
            ChaosActivities.components(journal: journal)
        }
        let job = Job(kind: kind, id: "job", size: size, value: 77, flakiness: 2, retention: 60_000)
        let result = try await tester.run(ChaosWorkflows.reference(kind), job)
        #expect(Outcome.completed(result) == job.expectation.outcome)
        var reader = JournalReader(path: path)
        let effects = try reader.next().compactMap { if case .effect(let effect) = $0 { effect.name } else { nil } }
        #expect(Set(effects) == job.expectation.effects)
    }
}
