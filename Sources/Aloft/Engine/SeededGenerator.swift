internal import AloftCore

/// A small generator (SplitMix64, Steele et al. 2014) whose numbers are the same on every replay. Not for secrets.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter seed: Any text; it is hashed by FNV-1a, since `Hasher` differs from process to process.
    package init(seed: String) { state = StableHash.of(seed) }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
