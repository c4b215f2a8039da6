import NIOCore
import RedisClient
import Testing

/// The rules of a connection without a connection.
@Suite struct ConnectionMachineTests {
    private static let second = TimeAmount.seconds(1)

    private func machine(closesWhenAbandoned: Bool = false) -> ConnectionMachine {
        ConnectionMachine(
            rules: ConnectionMachine.Rules(
                address: .tcp(host: "h", port: 1),
                backoff: RedisBackoff(initial: .milliseconds(10), maximum: .seconds(1), jitter: 0),
                stall: Self.second,
                closesWhenAbandoned: closesWhenAbandoned
            )
        )
    }

    private func request(_ count: Int = 1, timeout: TimeAmount = .seconds(1)) -> RedisRequest {
        RedisRequest(several: nil, count: count, timeout: timeout)
    }

    private func time(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds)
    }

    private func failure() -> RedisError { RedisError(code: .connectFailed, message: "refused") }

    private func makeReady(_ machine: inout ConnectionMachine) {
        _ = machine.transportConnected(handshake: [.ping])
        guard case .ready = machine.received(.simple("PONG")) else {
            Issue.record("not ready")
            return
        }
    }

    /// A machine with a connection on which `requests` were sent at time 0.
    private func ready(_ requests: [RedisRequest], closesWhenAbandoned: Bool = false) -> ConnectionMachine {
        var machine = machine(closesWhenAbandoned: closesWhenAbandoned)
        _ = machine.connectRequested(request())
        makeReady(&machine)
        for request in requests {
            guard case .write = machine.submit(request, now: time(0)) else {
                Issue.record("not written")
                continue
            }
        }
        return machine
    }

    @Test func firstCommandConnectsAndWaits() throws {
        var machine = machine()
        let first = request()
        let second = request()
        guard case .connect = machine.submit(first, now: time(0)) else { throw Unexpected("no connect") }
        guard case .wait = machine.submit(second, now: time(0)) else { throw Unexpected("no wait") }
        holds(machine.nextToWrite(now: time(1)) == nil)
        makeReady(&machine)
        holds(machine.nextToWrite(now: time(1)) === first)
        holds(machine.nextToWrite(now: time(1)) === second)
        holds(machine.nextToWrite(now: time(1)) == nil)
        holds(machine.inFlight.count == 2)
    }

    @Test func repliesGoOutInOrder() throws {
        let requests = [request(), request(2), request()]
        var machine = ready(requests)
        guard case .complete(requests[0], .integer(1)) = machine.received(.integer(1)) else {
            throw Unexpected("first")
        }
        guard case .none = machine.received(.integer(2)) else { throw Unexpected("half of the second") }
        guard case .completeAll(requests[1], [.integer(2), .integer(3)]) = machine.received(.integer(3)) else {
            throw Unexpected("second")
        }
        guard case .complete(requests[2], .null) = machine.received(.null) else { throw Unexpected("third") }
        guard case .close(let error) = machine.received(.null) else { throw Unexpected("nobody asked") }
        #expect(error.code == .protocolViolation)
    }

    @Test func cancelledRequestKeepsItsPlace() throws {
        let requests = [request(), request()]
        var machine = ready(requests)
        guard case .fail(let error) = machine.cancel(requests[0]) else { throw Unexpected("no failure") }
        #expect(error.code == .cancelled && error.mayHaveBeenExecuted)
        guard case .none = machine.cancel(requests[0]) else { throw Unexpected("twice") }
        guard case .drop(requests[0]) = machine.received(.integer(1)) else { throw Unexpected("not dropped") }
        guard case .complete(requests[1], .integer(2)) = machine.received(.integer(2)) else {
            throw Unexpected("the next one")
        }
    }

    @Test func cancelledBeforeItIsSent() throws {
        var machine = machine()
        let waiting = request()
        _ = machine.submit(waiting, now: time(0))
        guard case .fail(let error) = machine.cancel(waiting) else { throw Unexpected("no failure") }
        #expect(!error.mayHaveBeenExecuted)
        let early = request()
        // Its caller may be putting its completion in at this moment: nobody else may touch that yet.
        guard case .none = machine.cancel(early) else { throw Unexpected("touched before it was handed over") }
        guard case .fail = machine.submit(early, now: time(0)) else { throw Unexpected("cancelled before submit") }
        makeReady(&machine)
        holds(machine.nextToWrite(now: time(0)) == nil)
    }

    @Test func blockingConnectionClosesWhenItsCallerLeaves() throws {
        let blocked = request()
        var machine = ready([blocked], closesWhenAbandoned: true)
        guard case .failAndClose(let error, let reason) = machine.cancel(blocked) else {
            throw Unexpected("not closed")
        }
        #expect(error.code == .cancelled && reason.code == .connectionClosed)
        let overdue = request()
        var other = ready([overdue], closesWhenAbandoned: true)
        holds(other.expire(now: time(1_000)).close != nil)
    }

    @Test func lossFailsWhatWasSentAndKeepsTheRest() throws {
        let sent = request()
        let left = request()
        var machine = ready([sent, left])
        _ = machine.cancel(left)
        machine.writabilityChanged(false)
        let waiting = request()
        guard case .wait = machine.submit(waiting, now: time(0)) else { throw Unexpected("written") }

        let action = machine.connectionLost(RedisError(code: .connectionClosed, message: "x"), random: 0)
        #expect(action.failed.count == 1)
        #expect(action.failed[0].0 === sent)
        #expect(action.failed[0].1.code == .connectionClosed)
        #expect(action.failed[0].1.mayHaveBeenExecuted)
        #expect(action.dropped.count == 1)
        #expect(action.reconnectAfter == .milliseconds(10))
        holds(machine.state == .backingOff)

        holds(machine.backoffElapsed())
        makeReady(&machine)
        holds(machine.nextToWrite(now: time(5)) === waiting)
    }

    @Test func backoffGrowsUntilReady() throws {
        var machine = ready([])
        let delays = (0..<3).map { _ in
            let delay = machine.connectionLost(failure(), random: 0).reconnectAfter
            _ = machine.backoffElapsed()
            return delay
        }
        #expect(delays == [.milliseconds(10), .milliseconds(20), .milliseconds(40)])
        makeReady(&machine)
        holds(machine.connectionLost(failure(), random: 0).reconnectAfter == .milliseconds(10))
    }

    @Test func failedConnectTellsTheOneWhoAskedAndRests() throws {
        var machine = machine()
        let waiter = request()
        guard case .connect = machine.connectRequested(waiter) else { throw Unexpected("no connect") }
        let action = machine.connectionLost(failure(), random: 0)
        #expect(action.failed.count == 1)
        #expect(!action.failed[0].1.mayHaveBeenExecuted)
        #expect(action.reconnectAfter == nil)
        holds(machine.state == .idle)
    }

    @Test func wrongPasswordFailsEverythingThatWaits() throws {
        var machine = machine()
        let waiting = request()
        _ = machine.submit(waiting, now: time(0))
        _ = machine.transportConnected(handshake: [.authenticate, .ping])
        guard case .close(let error) = machine.received(.error(RedisServerError(message: "WRONGPASS no"))) else {
            throw Unexpected("not closed")
        }
        #expect(error.code == .authenticationFailed && error.serverCode == "WRONGPASS")
        let action = machine.connectionLost(error, random: 0)
        #expect(action.failed.count == 1)
        #expect(action.failed[0].0 === waiting)
        #expect(action.failed[0].1.code == .authenticationFailed)
    }

    @Test func loadingServerIsTriedAgain() throws {
        var machine = machine()
        _ = machine.submit(request(), now: time(0))
        _ = machine.transportConnected(handshake: [.setName, .ping])
        guard case .none = machine.received(.error(RedisServerError(message: "NOPERM setname"))) else {
            throw Unexpected("a name is not vital")
        }
        guard case .close(let error) = machine.received(.error(RedisServerError(message: "LOADING x"))) else {
            throw Unexpected("not closed")
        }
        #expect(error.code == .connectFailed && error.serverCode == "LOADING")
        holds(machine.connectionLost(error, random: 0).reconnectAfter != nil)
    }

    @Test func deadlineOfWhatWaits() throws {
        var machine = machine()
        let short = request(timeout: .milliseconds(100))
        let long = request(timeout: .milliseconds(300))
        _ = machine.submit(long, now: time(0))
        _ = machine.submit(short, now: time(0))
        _ = machine.connectionLost(failure(), random: 0)
        holds(machine.expire(now: time(50)).next == time(100))
        let action = machine.expire(now: time(100))
        #expect(action.failed.count == 1)
        #expect(action.failed[0].0 === short)
        #expect(action.failed[0].1.code == .timeout)
        #expect(!action.failed[0].1.mayHaveBeenExecuted)
        #expect((action.failed[0].1.underlying as? RedisError)?.code == .connectFailed)
        #expect(action.next == time(300))
        holds(machine.waiting.count == 1)
    }

    @Test func noTimeLeftMeansNotSent() throws {
        var machine = ready([])
        guard case .fail(let error) = machine.submit(request(timeout: .zero), now: time(0)) else {
            throw Unexpected("sent")
        }
        #expect(error.code == .timeout && !error.mayHaveBeenExecuted)
    }

    /// Overdue and silent for as long as the default timeout: half open.
    @Test func silentConnectionIsGivenUp() throws {
        let quick = request(timeout: .milliseconds(100))
        var machine = ready([quick])
        let first = machine.expire(now: time(100))
        #expect(first.failed.count == 1)
        #expect(first.failed[0].1.code == .timeout && first.failed[0].1.mayHaveBeenExecuted)
        #expect(first.close == nil)
        #expect(first.next == time(1_000))
        holds(machine.expire(now: time(1_000)).close?.code == .connectionClosed)
    }

    /// Overdue on a connection that still brings bytes: only slow.
    @Test func busyConnectionIsKept() throws {
        let slow = request(timeout: .seconds(1))
        var machine = ready([slow])
        machine.bytesReceived(now: time(900))
        let action = machine.expire(now: time(1_000))
        #expect(action.failed.count == 1 && action.close == nil)
        #expect(action.next == time(1_900))
        guard case .drop = machine.received(.integer(1)) else { throw Unexpected("late reply") }
        holds(machine.expire(now: time(1_900)).close == nil)
    }

    @Test func shutdownFailsEverythingOnce() throws {
        let sent = request()
        var machine = ready([sent])
        machine.writabilityChanged(false)
        let waiting = request()
        _ = machine.submit(waiting, now: time(0))
        let action = machine.shutdown()
        #expect(action.failed.map(\.1.code) == [.shutdown, .shutdown])
        #expect(action.failed.map(\.1.mayHaveBeenExecuted) == [true, false])
        holds(machine.shutdown().failed.isEmpty)
        guard case .fail(let error) = machine.submit(request(), now: time(1)) else { throw Unexpected("accepted") }
        #expect(error.code == .shutdown)
        guard case .fail = machine.connectRequested(request()) else { throw Unexpected("connects") }
        holds(machine.connectionLost(failure(), random: 0).reconnectAfter == nil)
        holds(!machine.backoffElapsed())
    }
}

private struct Unexpected: Error {
    let what: String

    init(_ what: String) {
        self.what = what
    }
}

/// Lets a pattern ask for one particular request.
private func ~= (pattern: RedisRequest, request: RedisRequest) -> Bool {
    pattern === request
}

/// `#expect` can take neither a value that cannot be copied nor a call that changes it.
private func holds(_ condition: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(condition, sourceLocation: sourceLocation)
}
