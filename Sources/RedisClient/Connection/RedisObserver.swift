/// Told what the connections of a client do. Called on their event loops, some calls for each request: must be quick, and must
/// not block.
public protocol RedisObserver: Sendable {
    /// The replies to a request came. What one caller sends together is one request, and error replies are replies.
    func requestAnswered()

    /// A request failed, or an error is among its replies.
    func requestFailed(_ error: RedisError)

    /// A connection can be used.
    ///
    /// - Parameter isAgain: Whether it takes the place of one that was lost.
    func connected(isAgain: Bool)
}
