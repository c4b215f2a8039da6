import LocalRedis
import NIOCore
import NIOPosix
import Synchronization

/// A TCP port in front of a server: what fleets see of networks that lose connections without a word, and of addresses that
/// lead to another server after a failover.
final class FaultProxy: Sendable {
    private struct State {
        var target: String
        var lines: [ProxyLine] = []
    }

    private let state: Mutex<State>
    private let channel: any Channel

    static func start(to server: LocalRedis) async throws -> FaultProxy {
        let state = Mutex(State(target: server.socketPath))
        return try await FaultProxy(state)
    }

    private init(_ state: consuming sending Mutex<State>) async throws {
        let box = ProxyBox()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { inner in box.connect(inner) }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        self.state = state
        box.proxy.withLock { $0 = self }
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    var url: String { "redis://127.0.0.1:\(port)" }

    /// New connections go to another server; those that are there stay.
    func lead(to server: LocalRedis) { state.withLock { $0.target = server.socketPath } }

    /// Nothing comes or goes any more over the connections that are there, and nobody is told.
    func stall() { for line in state.withLock({ $0.lines }) { line.stall() } }

    func stop() async { try? await channel.close().get() }

    fileprivate func connect(_ inner: any Channel) -> EventLoopFuture<Void> {
        let line = ProxyLine()
        let target = state.withLock { state in
            state.lines.append(line)
            return state.target
        }
        return ClientBootstrap(group: inner.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(unixDomainSocketPath: target)
            .flatMapThrowing { outer in
                try inner.pipeline.syncOperations.addHandler(ProxyHandler(line, outer))
                try outer.pipeline.syncOperations.addHandler(ProxyHandler(line, inner))
                outer.setOption(.autoRead, value: true).whenComplete { _ in }
                inner.setOption(.autoRead, value: true).whenComplete { _ in }
            }
            .flatMapError { error in
                inner.close(promise: nil)
                return inner.eventLoop.makeFailedFuture(error)
            }
    }
}

/// Where the proxy is found by connections that come before it is made.
private final class ProxyBox: Sendable {
    let proxy = Mutex<FaultProxy?>(nil)

    func connect(_ inner: any Channel) -> EventLoopFuture<Void> {
        guard let proxy = proxy.withLock({ $0 }) else { return inner.close() }
        return proxy.connect(inner)
    }
}

/// A connection with its two ends.
private final class ProxyLine: Sendable {
    private let stalled = Atomic(false)
    var isStalled: Bool { stalled.load(ordering: .relaxed) }
    func stall() { stalled.store(true, ordering: .relaxed) }
}

private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let line: ProxyLine
    private let other: any Channel

    init(_ line: ProxyLine, _ other: any Channel) {
        self.line = line
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !line.isStalled else { return }
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !line.isStalled { other.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
