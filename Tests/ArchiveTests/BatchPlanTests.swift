import ArchiveKit
import Testing

@Suite struct BatchPlanTests {
    @Test func smallFilesGoTogether() {
        #expect(BatchPlan().ranges(of: []) == [])
        #expect(BatchPlan().ranges(of: [5]) == [0..<1])
        #expect(BatchPlan().ranges(of: Array(repeating: 10, count: 33)) == [0..<16, 16..<32, 32..<33])
    }

    @Test func largeFilesGoAlone() {
        let limit = 1024 * 1024
        #expect(BatchPlan().ranges(of: [limit, limit]) == [0..<1, 1..<2])
        #expect(BatchPlan().ranges(of: [1, limit * 9, 1, 1]) == [0..<1, 1..<2, 2..<4])
        #expect(BatchPlan().ranges(of: [limit / 2, limit / 2, 1]) == [0..<2, 2..<3])
        #expect(BatchPlan().ranges(of: [.max, .max, 1]) == [0..<1, 1..<2, 2..<3])
    }

    @Test func batchesGrowRatherThanHistories() {
        var plan = BatchPlan()
        plan.maximumBatches = 10
        let ranges = plan.ranges(of: Array(repeating: 100_000, count: 1_000))
        #expect(ranges.count <= 10)
        #expect(ranges.flatMap(Array.init) == Array(0..<1_000))
    }
}
