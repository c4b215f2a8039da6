import NIOCore
import NIOPosix
import RedisClient
import Synchronization

/// A server in this process that misbehaves as told.
final class FakeServer: Sendable {
    /// What happens on a command.
    enum Answer: Sendable {
        case reply(String)
        /// Each piece in a write of its own.
        case pieces([[UInt8]])
        case silence
        case close
        case replyThenClose(String)
    }

    /// Decides what happens, given the number of the connection, from 1 on, and the words of a command.
    struct Script: Sendable {
        let answer: @Sendable (_ connection: Int, _ command: [String]) -> Answer

        init(_ answer: @escaping @Sendable (_ connection: Int, _ command: [String]) -> Answer) {
            self.answer = answer
        }
    }

    let port: Int
    private let channel: any Channel
    private let accepted: ConnectionLog

    /// - Parameter script: asked for every command after the handshake, which ends with the first `PING`; for that too
    ///   if `answersHandshake` is false.
    static func start(answersHandshake: Bool = true, _ script: Script) async throws -> FakeServer {
        let log = ConnectionLog()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = log.add(channel)
                    let handler = FakeServerHandler(number, answersHandshake: answersHandshake, script, log)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return FakeServer(channel, log)
    }

    private init(_ channel: any Channel, _ accepted: ConnectionLog) {
        self.channel = channel
        self.accepted = accepted
        self.port = channel.localAddress?.port ?? 0
    }

    var url: String { "redis://127.0.0.1:\(port)" }

    /// The number of connections that were ever accepted.
    var connections: Int { accepted.count }

    /// The names of all commands that `script` was asked for.
    var commands: [String] { accepted.commands }

    func stop() async {
        try? await channel.close().get()
        for channel in accepted.all { try? await channel.close().get() }
    }
}

private final class ConnectionLog: Sendable {
    private let channels = Mutex<[any Channel]>([])
    private let names = Mutex<[String]>([])

    func add(_ channel: any Channel) -> Int {
        channels.withLock {
            $0.append(channel)
            return $0.count
        }
    }

    func note(_ command: [String]) {
        names.withLock { $0 += command.prefix(1) }
    }

    var commands: [String] { names.withLock { $0 } }
    var all: [any Channel] { channels.withLock { $0 } }
    var count: Int { channels.withLock { $0.count } }
}

private final class FakeServerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let number: Int
    private let script: FakeServer.Script
    private let log: ConnectionLog
    private let reader = ReplyReader(maximumBytes: 1 << 24)
    private var isHandshaking: Bool

    init(_ number: Int, answersHandshake: Bool, _ script: FakeServer.Script, _ log: ConnectionLog) {
        self.number = number
        self.isHandshaking = answersHandshake
        self.script = script
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            try unwrapInboundIn(data).withUnsafeReadableBytes { try reader.feed($0) }
            // Commands look like replies: arrays of bulk strings.
            while let command = try reader.next() {
                let words = try command.array.map { try $0.string }
                if isHandshaking {
                    write(Array("+OK\r\n".utf8), context)
                } else {
                    log.note(words)
                    answer(script.answer(number, words), context)
                }
                if words == ["PING"] { isHandshaking = false }
            }
        } catch {
            context.close(promise: nil)
        }
    }

    private func answer(_ answer: FakeServer.Answer, _ context: ChannelHandlerContext) {
        switch answer {
        case .reply(let text): write(Array(text.utf8), context)
        case .pieces(let pieces): for piece in pieces { write(piece, context) }
        case .silence: break
        case .close: context.close(promise: nil)
        case .replyThenClose(let text):
            write(Array(text.utf8), context)
            context.close(promise: nil)
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}

/// Runs `body` with a fake server and a client of it.
func withFakeServer<Result>(
    answersHandshake: Bool = true,
    _ script: FakeServer.Script,
    _ change: (inout RedisConfiguration) -> Void = { _ in },
    _ body: (RedisClient, FakeServer) async throws -> Result
) async throws -> Result {
    let server = try await FakeServer.start(answersHandshake: answersHandshake, script)
    var configuration = try RedisConfiguration.test(server.url)
    change(&configuration)
    do {
        let result = try await withClient(configuration) { try await body($0, server) }
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}
