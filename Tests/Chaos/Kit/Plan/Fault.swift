/// Something bad that is done to somebody.
package enum Fault: Hashable, Sendable {
    /// `kill -9`, and another takes the place so many milliseconds later.
    case kill(replacedAfter: Int)
    /// `SIGSTOP`, and `SIGCONT` so many milliseconds later.
    case pause(Int)
    /// `SIGTERM`; another takes the place when it is gone.
    case drain
    /// Redis only: `CLIENT KILL` of every connection of a type.
    case closeConnections(type: String)
    /// Redis only: `SCRIPT FLUSH`.
    case flushScripts

    /// For how long nobody is to do anything else to the same one, apart from the time that starting takes, in milliseconds.
    var duration: Int {
        switch self {
        case .kill(let pause), .pause(let pause): pause
        case .drain, .closeConnections, .flushScripts: 0
        }
    }
}

/// Whom a fault strikes.
package enum Victim: Hashable, Sendable, CustomStringConvertible {
    case redis
    /// Whoever works in this place at the time.
    case worker(Int)
    case client(Int)

    package var description: String {
        switch self {
        case .redis: "redis"
        case .worker(let place): "worker \(place)"
        case .client(let place): "client \(place)"
        }
    }
}

/// When what is done to one victim: in order, without overlap.
package struct FaultTimeline: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// In milliseconds from the beginning.
        package var at: Int
        package var fault: Fault
    }

    package var victim: Victim
    package var entries: [Entry]
}
