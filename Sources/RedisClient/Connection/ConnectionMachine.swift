package import DequeModule
package import NIOCore

/// The rules of one connection: when to connect, what may be written, whose reply comes next, who fails and how.
///
/// ```text
/// idle ──▶ connecting ──▶ handshaking ──▶ ready
///            ▲   │             │            │
///            │   ▼             ▼            │
///          backingOff ◀────────┴────────────┘        any ──▶ stopped
/// ```
///
/// A pure value: it knows neither sockets nor clocks nor continuations. Its owner reports what happened and carries
/// out the action that comes back. Requests wait in `waiting` until they are written, then in `inFlight` until their
/// last reply came; a request that failed early stays in `inFlight` so that its replies are counted off.
package struct ConnectionMachine: ~Copyable {
    package enum State: Sendable, Hashable {
        case idle
        case connecting
        case handshaking
        case ready
        case backingOff
        case stopped
    }

    /// What makes one connection different from another.
    package struct Rules: Sendable {
        package var address: RedisAddress
        package var backoff: RedisBackoff

        /// How long an overdue connection may bring nothing until it is given up.
        package var stall: TimeAmount

        /// Whether to close when the caller of a command that was sent gives up. Right for blocking commands: the
        /// server would otherwise hand an element to somebody who left.
        package var closesWhenAbandoned: Bool

        package init(
            address: RedisAddress,
            backoff: RedisBackoff,
            stall: TimeAmount,
            closesWhenAbandoned: Bool = false
        ) {
            self.address = address
            self.backoff = backoff
            self.stall = stall
            self.closesWhenAbandoned = closesWhenAbandoned
        }
    }

    package let rules: Rules
    package internal(set) var state = State.idle

    /// Whether the socket takes more bytes.
    package internal(set) var isWritable = true

    package internal(set) var waiting: Deque<RedisRequest> = []
    package internal(set) var inFlight: Deque<RedisRequest> = []

    /// Those who wait for the outcome of the attempt to connect.
    var connectWaiters: [RedisRequest] = []
    var failures = 0
    var wasReady = false
    var lastRead = NIODeadline.distantPast
    var lastConnectError: RedisError?
    var handshake: [HandshakeStep] = []
    var handshakeIndex = 0

    package init(rules: Rules) {
        self.rules = rules
    }
}
