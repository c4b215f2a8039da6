import LocalRedis
import NIOCore
import NIOPosix
import Synchronization

/// A port in front of a real server that, once told to, answers every command itself with whatever comes to its mind: replies
/// of every shape, well formed and without sense.
final class LyingServer: Sendable {
    fileprivate struct State {
        var dice: Dice?
        var answers = 0
    }

    fileprivate let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)

    static func start(before server: LocalRedis) async throws -> LyingServer {
        let liar = LyingServer()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { inner in
                ClientBootstrap(group: inner.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .connect(unixDomainSocketPath: server.socketPath)
                    .flatMapThrowing { outer in
                        try inner.pipeline.syncOperations.addHandler(LyingHandler(liar, outer))
                        try outer.pipeline.syncOperations.addHandler(Forwarder(inner))
                        outer.setOption(.autoRead, value: true).whenComplete { _ in }
                        inner.setOption(.autoRead, value: true).whenComplete { _ in }
                    }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        liar.channel.withLock { $0 = channel }
        return liar
    }

    var url: String { "redis://127.0.0.1:\(channel.withLock { $0?.localAddress?.port } ?? 0)" }

    /// How many commands it has answered itself.
    var answers: Int { state.withLock { $0.answers } }

    /// From now on it lies; `nil`: no more.
    func lie(seed: UInt64?) { state.withLock { $0.dice = seed.map { Dice(seed: $0) } } }

    func stop() async { try? await channel.withLock { $0 }?.close().get() }

    /// - Returns: `nil` while it is honest.
    fileprivate func answer() -> [UInt8]? {
        state.withLock { state in
            guard var dice = state.dice else { return nil }
            state.answers += 1
            defer { state.dice = dice }
            return Lie.reply(&dice)
        }
    }
}

/// Bytes of replies.
private enum Lie {
    static func reply(_ dice: inout Dice) -> [UInt8] {
        // Most begin as those of our scripts do, or none would be read beyond its head.
        guard Int.random(in: 0..<4, using: &dice) > 0 else { return value(&dice, depth: 0) }
        let count = Int.random(in: 0...24, using: &dice)
        let isPunctual = Int.random(in: 0..<8, using: &dice) > 0
        let time = isPunctual ? 1_700_000_000_000 : numbers.randomElement(using: &dice) ?? 0
        var bytes = Array("*\(count + 2)\r\n:\(time)\r\n:\(Int.random(in: -1...4, using: &dice))\r\n".utf8)
        for _ in 0..<count { bytes += value(&dice, depth: 1) }
        return bytes
    }

    private static let numbers: [Int64] = [0, 1, 2, 3, 7, 100, -1, .max, .min, 1 << 53, 1_700_000_000_000]
    private static let texts = [
        "", "1", "0", "-1", "r", "c", "q", "w", "f", "Echo", "default", "9223372036854775807", "99999999999999999999",
        "1.5",
        "nan", "0:1:problem", "\0a\0b\u{0}1", "{\"a\":\"b\"}", "0-1", "1-1", "1700000000000:\u{1}\u{4}\u{1}",
    ]

    private static func value(_ dice: inout Dice, depth: Int) -> [UInt8] {
        switch Int.random(in: 0..<10, using: &dice) {
        case 0, 1: return Array(":\(numbers.randomElement(using: &dice) ?? 0)\r\n".utf8)
        case 2: return Array("$-1\r\n".utf8)
        case 3: return Array("+\(["OK", "", "QUEUED"].randomElement(using: &dice) ?? "")\r\n".utf8)
        case 4 where depth < 3:
            let count = Int.random(in: 0...6, using: &dice)
            var bytes = Array("*\(count)\r\n".utf8)
            for _ in 0..<count { bytes += value(&dice, depth: depth + 1) }
            return bytes
        case 5 where depth == 0:
            return Array("-\(["WRONGTYPE no", "ERR no", "NOGROUP no", ""].randomElement(using: &dice) ?? "")\r\n".utf8)
        case 6: return bulk(dice.bytes(upTo: 40))
        default: return bulk(Array((texts.randomElement(using: &dice) ?? "").utf8))
        }
    }

    private static func bulk(_ bytes: [UInt8]) -> [UInt8] { Array("$\(bytes.count)\r\n".utf8) + bytes + [13, 10] }
}

/// Passes commands on, or counts and answers them.
private final class LyingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let liar: LyingServer
    private let server: any Channel
    private var commands = CommandCounter()

    init(_ liar: LyingServer, _ server: any Channel) {
        self.liar = liar
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let count = commands.count(buffer.readableBytesView)
        var out = ByteBuffer()
        for _ in 0..<count {
            guard let answer = liar.answer() else { break }
            out.writeBytes(answer)
        }
        guard out.readableBytes == 0, !liar.state.withLock({ $0.dice != nil }) else {
            context.writeAndFlush(wrapOutboundOut(out), promise: nil)
            return
        }
        server.writeAndFlush(buffer, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { server.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Counts the commands that end in a piece of a stream of arrays of bulks.
private struct CommandCounter {
    private var rest: [UInt8] = []

    mutating func count(_ bytes: some Sequence<UInt8>) -> Int {
        rest += bytes
        var count = 0
        var start = 0
        while let end = endOfCommand(from: start) {
            count += 1
            start = end
        }
        rest.removeFirst(start)
        return count
    }

    private func endOfCommand(from start: Int) -> Int? {
        guard var (words, place) = line(from: start) else { return nil }
        while words > 0 {
            guard let (length, next) = line(from: place), next + length + 2 <= rest.count else { return nil }
            place = next + length + 2
            words -= 1
        }
        return place
    }

    /// The number behind the first character of a line, and where the next line begins.
    private func line(from start: Int) -> (Int, Int)? {
        guard let end = rest[min(start, rest.count)...].firstIndex(of: 10), end > start + 1 else { return nil }
        return (Int(String(decoding: rest[(start + 1)..<(end - 1)], as: UTF8.self)) ?? 0, end + 1)
    }
}

private final class Forwarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let client: any Channel

    init(_ client: any Channel) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
