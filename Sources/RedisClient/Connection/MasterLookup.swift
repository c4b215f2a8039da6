import Logging
import NIOCore

/// Asks sentinels, one after the other, which server is the master now. On the event loop of whoever wants to know.
struct MasterLookup: Sendable {
    private let master: String
    private let settings: [RedisConfiguration]
    private let eventLoop: any EventLoop
    private let logger: Logger
    /// For each sentinel, so that all can be asked before the attempt to connect ends.
    private let patience: TimeAmount

    init(
        master: String,
        sentinels: [RedisAddress],
        of configuration: RedisConfiguration,
        on eventLoop: any EventLoop,
        _ logger: Logger
    ) {
        self.master = master
        self.eventLoop = eventLoop
        self.logger = logger
        let share = configuration.connectTimeout / (sentinels.count + 1)
        patience = TimeAmount(clamping: share)
        settings = sentinels.map { address in
            var settings = RedisConfiguration(address: address)
            settings.username = configuration.sentinelUsername
            settings.password = configuration.sentinelPassword
            settings.tls = configuration.tls
            settings.connectTimeout = share
            settings.commandTimeout = share
            return settings
        }
    }

    /// Fails with the reasons of all sentinels if none knows.
    ///
    /// - Parameter turn: Which is asked first, counted round.
    func run(beginningWith turn: Int) -> EventLoopFuture<RedisAddress> {
        guard !settings.isEmpty else { return eventLoop.makeFailedFuture(failure("there are none")) }
        let first = turn % settings.count
        return ask(settings[first...] + settings[..<first], reasons: [])
    }

    private func ask(_ rest: ArraySlice<RedisConfiguration>, reasons: [String]) -> EventLoopFuture<RedisAddress> {
        guard let next = rest.first else {
            return eventLoop.makeFailedFuture(failure(reasons.joined(separator: "; ")))
        }
        return ask(next).flatMapError { error in
            let reason = (error as? RedisError)?.message ?? "\(error)"
            return ask(rest.dropFirst(), reasons: reasons + ["\(next.address): \(reason)"])
        }
    }

    private func ask(_ sentinel: RedisConfiguration) -> EventLoopFuture<RedisAddress> {
        let driver = ConnectionDriver(
            configuration: sentinel,
            name: nil,
            eventLoop: eventLoop,
            closesWhenAbandoned: true,
            logger: logger
        )
        let connected = eventLoop.makePromise(of: Void.self)
        let waiter = RedisRequest(several: nil, count: 0, timeout: patience)
        waiter.completion = .callback { result in
            switch result {
            case .success: connected.succeed()
            case .failure(let error): connected.fail(error)
            }
        }
        // A command alone would be tried again for as long as its deadline allows.
        driver.connect(waiter)
        let question = RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisArgument(master))
        return connected.futureResult.flatMap {
            do {
                return driver.send(try ConnectionDriver.encode([question]), count: 1, timeout: patience)
            } catch {
                return eventLoop.makeFailedFuture(error)
            }
        }
        .flatMapThrowing { try address(in: $0[0]) }
        .always { _ in driver.shutdown {} }
    }

    private func address(in reply: RedisValue) throws -> RedisAddress {
        if case .error(let error) = reply { throw RedisError(error) }
        guard case .array(let words) = reply else { throw unusable("it knows no master of this name") }
        guard words.count == 2, let host = try? words[0].string, let port = try? words[1].int else {
            throw unusable("it gave no host and port")
        }
        return .tcp(host: host, port: port)
    }

    private func unusable(_ reason: String) -> RedisError { RedisError(code: .unexpectedReply, message: reason) }

    private func failure(_ reason: String) -> RedisError {
        RedisError(code: .connectFailed, message: "no sentinel tells the master \(master): \(reason)")
    }
}
