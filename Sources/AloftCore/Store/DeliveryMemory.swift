/// How long an instance remembers the ids of inputs that had one, so that one which is sent again is recognised.
public enum DeliveryMemory {
    /// At least so long, while it is among the last ``count``.
    public static let duration = Duration.seconds(7 * 24 * 3600)
    /// The last so many: an instance that gets signals for years does not grow by their ids.
    public static let count = 100_000
}
