/// Divides files among activities: small ones together, so that a step in the history is worth its while, large ones alone.
package struct BatchPlan: Sendable {
    /// How many files an activity handles at most.
    package var maximumFiles = 16
    /// How many bytes an activity handles at most, unless a single file has more.
    package var maximumBytes = 1024 * 1024
    /// Each batch costs four events of a history, which must stay below 50,000. With more batches than this, batches grow.
    package var maximumBatches = 4_000

    package init() {}

    /// - Parameter sizes: Those of the files, in order.
    /// - Returns: Ranges that cover all of them, in order; none is empty.
    package func ranges(of sizes: [Int]) -> [Range<Int>] {
        var files = maximumFiles
        var bytes = maximumBytes
        while true {
            let ranges = Self.ranges(of: sizes, files: files, bytes: bytes)
            if ranges.count <= maximumBatches { return ranges }
            // Each round doubles the files of a batch, so it ends at the latest when one batch takes them all.
            files *= 2
            bytes = bytes.multipliedReportingOverflow(by: 2).overflow ? .max : bytes * 2
        }
    }

    private static func ranges(of sizes: [Int], files: Int, bytes: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        var sum = 0
        for (index, size) in sizes.enumerated() {
            let isFull = index - start >= files || size > bytes - sum
            if isFull, index > start {
                ranges.append(start..<index)
                start = index
                sum = 0
            }
            sum = min(bytes, sum + min(size, bytes))
        }
        if start < sizes.count { ranges.append(start..<sizes.count) }
        return ranges
    }
}
