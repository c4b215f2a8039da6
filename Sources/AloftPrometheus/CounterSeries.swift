internal import CoreMetrics
internal import Synchronization

/// A counter of whole things.
final class CounterSeries: CounterHandler, Series {
    let place: SeriesPlace
    private let value = Atomic<Int64>(0)

    init(place: SeriesPlace) { self.place = place }

    /// What is below zero is ignored: a counter that goes down would be taken for one that began anew.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: String, _ labels: String, to text: inout ExpositionText) {
        text.sample(name, labels, Double(value.load(ordering: .relaxed)))
    }
}

/// A counter of parts.
final class SumSeries: FloatingPointCounterHandler, Series {
    let place: SeriesPlace
    private let value = AtomicDouble()

    init(place: SeriesPlace) { self.place = place }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        value.add(amount)
    }

    func reset() { value.set(0) }

    func write(_ name: String, _ labels: String, to text: inout ExpositionText) {
        text.sample(name, labels, value.present)
    }
}

/// Goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler, Series {
    let place: SeriesPlace
    private let value = AtomicDouble()

    init(place: SeriesPlace) { self.place = place }

    func set(_ value: Int64) { self.value.set(Double(value)) }
    func set(_ value: Double) { self.value.set(value) }
    func increment(by amount: Double) { value.add(amount) }
    func decrement(by amount: Double) { value.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(_ name: String, _ labels: String, to text: inout ExpositionText) {
        text.sample(name, labels, value.present)
    }
}

/// A number that threads change without a lock.
final class AtomicDouble: Sendable {
    private let bits = Atomic<UInt64>(Double(0).bitPattern)

    var present: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (isDone, found) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if isDone { return }
            old = found
        }
    }
}
