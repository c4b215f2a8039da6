import NIOCore

/// The end of the channel's pipeline: bytes to replies, events to the driver.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The parser gets the bytes in pieces, so that it can refuse a large reply before it has copied it.
    private static let piece = 1 << 14

    private let driver: ConnectionDriver
    private let generation: Int
    private let reader: ReplyReader
    private var failure: (any Error)?

    init(driver: ConnectionDriver, generation: Int, maximumReplyBytes: Int) {
        self.driver = driver
        self.generation = generation
        self.reader = ReplyReader(maximumBytes: maximumReplyBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { driver.transportConnected(context.channel, generation) }
    }

    func channelActive(context: ChannelHandlerContext) {
        driver.transportConnected(context.channel, generation)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        driver.bytesReceived(generation)
        do {
            try unwrapInboundIn(data).withUnsafeReadableBytes { (bytes) throws(RedisError) in
                var rest = bytes[...]
                while !rest.isEmpty {
                    try reader.feed(UnsafeRawBufferPointer(rebasing: rest.prefix(Self.piece)))
                    rest = rest.dropFirst(Self.piece)
                    while let value = try reader.next() {
                        guard driver.received(value, generation) else { return }
                    }
                }
            }
        } catch {
            driver.connectionEnded(generation, error)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        driver.writabilityChanged(context.channel.isWritable, generation)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let code: RedisError.Code = driver.machine.state == .ready ? .connectionClosed : .connectFailed
        let message = failure == nil ? "the server closed the connection" : "the connection broke"
        driver.connectionEnded(generation, RedisError(code: code, message: message, underlying: failure))
        context.fireChannelInactive()
    }
}
