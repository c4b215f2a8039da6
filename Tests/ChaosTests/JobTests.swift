import Aloft
import ChaosKit
import Testing

@Suite struct JobTests {
    @Test func aNumberHasOneJob() {
        #expect(Job(seed: 3, client: 1, number: 40) == Job(seed: 3, client: 1, number: 40))
        #expect(Job(seed: 3, client: 1, number: 40) != Job(seed: 4, client: 1, number: 40))
        #expect(Job(seed: 3, client: 1, number: 40).id != Job(seed: 3, client: 0, number: 40).id)
    }

    @Test func aRunHasJobsOfAllKinds() {
        let kinds = Set((0..<500).map { Job(seed: 1, client: 0, number: $0).kind })
        #expect(kinds == Set(Job.Kind.allCases).subtracting([.failing, .echo]))
    }

    @Test func aChainIsTheSumOfItsSteps() {
        let job = Job(kind: .chain, id: "a", size: 2, value: 5)
        #expect(job.expectation.outcome == .completed((5 * 31 + 0) * 31 + 1))
        #expect(job.expectation.effects == ["a/0", "a/1"])
    }

    @Test func aFamilyHasAllThatItsChildrenDo() {
        let job = Job(kind: .family, id: "a", size: 6, value: 5)
        let expectation = job.expectation
        #expect(expectation.descendants.map(\.id) == ["a.0", "a.0.0", "a.0.1", "a.1", "a.2", "a.3", "a.4", "a.5"])
        #expect(expectation.effects.isSuperset(of: ["a.0.0/0", "a.5/0"]))
        #expect(job.children.last?.expectation.outcome == .failed("a.5 fails as planned"))
    }

    /// What the checker compares with is what the workflows do when nothing goes wrong; `WorkloadTests` runs them.
    @Test func childrenAreKeptAsLongAsTheirParents() {
        let job = Job(kind: .family, id: "a", size: 3, value: 5, retention: 1_234)
        #expect(job.children.allSatisfy { $0.retention == 1_234 })
        #expect(Job(kind: .pair, id: "b", size: 3, value: 5, retention: 9).partner.retention == 9)
    }
}
