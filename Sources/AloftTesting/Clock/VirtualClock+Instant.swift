extension VirtualClock {
    /// A moment by a virtual clock: how far it is from the clock's zero.
    public struct Instant: InstantProtocol, CustomStringConvertible {
        /// The time since zero.
        public var offset: Duration

        public init(offset: Duration = .zero) { self.offset = offset }

        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
        public var description: String { "\(offset)" }
    }
}
