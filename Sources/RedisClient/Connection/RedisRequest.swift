package import NIOCore

/// One caller's commands on their way through a connection: the bytes, the deadline, who waits for the replies.
///
/// `@unchecked Sendable`: the caller fills it in and hands it over through the mutex of the connection's inbox; from
/// there on only the connection's event loop touches it.
package final class RedisRequest: @unchecked Sendable {
    /// Who waits.
    package enum Completion {
        case none
        case value(UnsafeContinuation<RedisValue, any Error>)
        case values(UnsafeContinuation<[RedisValue], any Error>)
        case callback((Result<[RedisValue], RedisError>) -> Void)
    }

    package enum State {
        /// Not yet written, or never will be.
        case waiting
        /// Written; its replies are expected.
        case sent
    }

    /// The number of replies, which is the number of commands.
    package let expected: Int

    /// How long the caller waits.
    package let timeout: TimeAmount

    package var completion = Completion.none
    package var state = State.waiting

    /// Whether the event loop has it: until then its completion belongs to the caller.
    package var isSubmitted = false

    /// Whether the caller has its answer. A request that is done and sent stays in its place in the queue, so that its
    /// replies are dropped and nobody else's.
    package var isDone = false

    /// Whether its share of `maximumPendingCommands` was given back.
    var isReleased = false

    package var deadline = NIODeadline.distantFuture
    package var sentAt = NIODeadline.distantPast
    package var replies: [RedisValue] = []

    private var single: EncodedCommands?
    private var several: ByteBuffer?

    init(_ command: consuming EncodedCommands, timeout: TimeAmount) {
        self.expected = 1
        self.timeout = timeout
        self.single = consume command
    }

    /// - Parameter several: `count` commands, one after the other.
    package init(several: ByteBuffer?, count: Int, timeout: TimeAmount) {
        self.expected = count
        self.timeout = timeout
        self.several = several
    }

    /// Moves the encoded commands to the end of `buffer`.
    func writeCommands(to buffer: inout ByteBuffer) {
        if let single = single.take() { single.write(to: &buffer) }
        if var several = several.take() { buffer.writeBuffer(&several) }
    }

    func succeed(_ value: RedisValue, address: RedisAddress) {
        switch exchange(&completion, with: .none) {
        case .none: break
        case .callback(let callback): callback(.success([value]))
        case .values(let continuation): continuation.resume(returning: [value])
        case .value(let continuation):
            if case .error(let error) = value {
                continuation.resume(throwing: RedisError(error, address: address))
            } else {
                continuation.resume(returning: value)
            }
        }
    }

    func succeed(_ values: [RedisValue]) {
        switch exchange(&completion, with: .none) {
        case .none: break
        case .callback(let callback): callback(.success(values))
        case .values(let continuation): continuation.resume(returning: values)
        case .value(let continuation): continuation.resume(returning: values.last ?? .null)
        }
    }

    func fail(_ error: RedisError) {
        switch exchange(&completion, with: .none) {
        case .none: break
        case .callback(let callback): callback(.failure(error))
        case .values(let continuation): continuation.resume(throwing: error)
        case .value(let continuation): continuation.resume(throwing: error)
        }
    }
}
