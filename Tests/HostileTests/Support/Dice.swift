import Foundation

/// Random numbers by a seed, so that a failure can be had again.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// A damaged copy: bytes replaced, inserted, removed, doubled, or cut off.
    mutating func damage(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<7, using: &self) {
            case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2 where !bytes.isEmpty: bytes.removeSubrange(place..<min(bytes.count, place + 3))
            case 3: bytes.insert(contentsOf: self.bytes(upTo: 6), at: place)
            case 4: bytes = Array(bytes.prefix(place))
            // A length that is a lie.
            case 5: bytes.insert(contentsOf: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], at: place)
            default: bytes += bytes.suffix(8)
            }
        }
        return bytes
    }
}

/// Whether the tests that take minutes are wanted.
let isLong = ProcessInfo.processInfo.environment["ALOFT_LONG_TESTS"] == "1"
