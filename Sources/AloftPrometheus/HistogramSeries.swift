internal import CoreMetrics
internal import Synchronization

/// How values are spread, in buckets with fixed bounds.
final class HistogramSeries: TimerHandler, RecorderHandler, Series {
    private struct State {
        /// One for each bound, and one for what is above all.
        var counts: [Int]
        var sum = 0.0
    }

    let place: SeriesPlace
    private let bounds: [Double]
    /// A lock of its own: held for an addition, and by the one who reads, so that counts and sum fit together.
    private let state: Mutex<State>

    init(place: SeriesPlace, buckets: [Double]) {
        self.place = place
        bounds = Set(buckets.filter(\.isFinite)).sorted()
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    /// A value belongs to the first bucket whose bound is not below it.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    func write(_ name: String, _ labels: String, to text: inout ExpositionText) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let head = labels.isEmpty ? "" : labels + ","
        var total = 0
        for (bound, count) in zip(bounds + [.infinity], counts) {
            total += count
            text.sample(name + "_bucket", "\(head)le=\"\(ExpositionText.number(bound))\"", Double(total))
        }
        text.sample(name + "_sum", labels, sum)
        text.sample(name + "_count", labels, Double(total))
    }
}
