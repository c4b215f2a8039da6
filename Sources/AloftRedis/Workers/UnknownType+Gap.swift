import AloftCore

extension UnknownType {
    /// After what time in which nobody met the type its period begins anew: ten delays, 10 s at least.
    static func gap(delay: Duration) -> Duration { max(delay * 10, .seconds(10)) }
}
