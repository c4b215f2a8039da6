/// The messages of one channel. Ends when its subscriber is shut down.
///
/// Leaving the loop over it, cancelling the task that reads, letting go of it, or ``cancel()`` ends the subscription.
/// It is for one reader.
public struct RedisSubscription: AsyncSequence, Sendable {
    public typealias Element = RedisSubscriptionEvent
    public typealias Failure = Never

    /// The number of events kept for a reader that is busy.
    static let bufferedEvents = 1_024

    /// What the channel is called.
    public let channel: String

    private let stream: AsyncStream<RedisSubscriptionEvent>
    private let continuation: AsyncStream<RedisSubscriptionEvent>.Continuation

    init(
        channel: String,
        stream: AsyncStream<RedisSubscriptionEvent>,
        continuation: AsyncStream<RedisSubscriptionEvent>.Continuation
    ) {
        self.channel = channel
        self.stream = stream
        self.continuation = continuation
    }

    public func makeAsyncIterator() -> AsyncStream<RedisSubscriptionEvent>.Iterator {
        stream.makeAsyncIterator()
    }

    /// Ends the subscription; what is buffered can still be read.
    public func cancel() {
        continuation.finish()
    }
}
