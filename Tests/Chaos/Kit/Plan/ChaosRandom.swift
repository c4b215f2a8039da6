/// Random numbers that follow from a seed and from nothing else (SplitMix64), on every machine and in every process.
package struct ChaosRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// The numbers of one of many subjects of a seed; those of neighbours have nothing to do with each other.
    package init(seed: UInt64, _ subjects: UInt64...) {
        state = seed
        for subject in subjects { state = next() ^ (subject &* 0x9e37_79b9_7f4a_7c15) }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// Whether something happens that happens in so many of a hundred cases.
    package mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
