package import AloftCore
package import RedisClient

extension RedisError {
    /// Whether the server says that it is not, or no longer, the one to write to: the address may lead to another by now.
    package var isOfAnotherRole: Bool {
        serverCode == "READONLY" || serverCode == "MASTERDOWN" || serverCode == "UNBLOCKED"
    }
}

extension RedisError {
    /// Whether a key has another type than the command wants. A script that passes an error on loses its code.
    var isOfForeignKey: Bool { serverCode == "WRONGTYPE" || message.hasPrefix("ERR WRONGTYPE") }
}

extension RedisError {
    /// Whether the user may run a script but not a command in it, which the server tells with the code "ERR": as Redis 6.2 and 7
    /// say it.
    var isOfScriptWithoutRights: Bool {
        message.contains("The user executing the script") || message.contains("ACL failure in script")
    }
}

extension StoreError {
    /// Server errors that pass by themselves: it starts, changes its role, is busy, cannot save just now.
    private static let passing: Set<String> = [
        "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "BUSY", "UNBLOCKED",
        "NOREPLICAS", "MISCONF",
    ]

    /// Server errors that only an operator can end.
    private static let refusals: Set<String> = ["NOAUTH", "WRONGPASS", "NOPERM", "NOPROTO", "CROSSSLOT"]

    /// - Parameter subject: What was tried, for the message: "starting an instance".
    package init(_ error: any Error, while subject: String) {
        guard let redis = error as? RedisError else {
            self = (error as? StoreError) ?? StoreError(.outcomeUnknown, "\(subject) failed", underlying: error)
            return
        }
        let place = redis.address.map { " at \($0)" } ?? ""
        let code: Code
        switch redis.code {
        case .server: code = Self.code(ofServerError: redis)
        case .invalidConfiguration, .authenticationFailed: code = .misconfigured
        case .invalidCommand: code = .payloadTooLarge
        case .cancelled: code = .cancelled
        case .shutdown: code = .shutdown
        case .unexpectedReply: code = .corrupt
        default: code = redis.mayHaveBeenExecuted ? .outcomeUnknown : .unavailable
        }
        let reason: String
        if redis.serverCode == "OOM" {
            reason = "Redis\(place) has reached its maxmemory and takes nothing new; running instances go on"
        } else {
            reason = "Redis\(place): \(redis.message)"
        }
        self.init(code, "\(subject) failed: \(reason)", underlying: error)
    }

    private static func code(ofServerError error: RedisError) -> Code {
        guard let code = error.serverCode else { return .outcomeUnknown }
        if passing.contains(code) || code == "OOM" { return .unavailable }
        if refusals.contains(code) || error.isOfScriptWithoutRights { return .misconfigured }
        // A script that fails by itself has met data that nobody should have written. Trying again does not change them.
        if error.isOfForeignKey || error.message.contains("user_script") { return .corrupt }
        return error.mayHaveBeenExecuted ? .outcomeUnknown : .unavailable
    }

    /// Whether the same call may do better in a moment.
    package var isPassing: Bool {
        guard code == .unavailable || code == .outcomeUnknown else { return false }
        guard let redis = underlying as? RedisError, redis.code == .server else { return true }
        return Self.passing.contains(redis.serverCode ?? "")
    }

    static func corrupt(_ message: String, underlying: (any Error)? = nil) -> StoreError {
        StoreError(.corrupt, message, underlying: underlying)
    }

    /// - Parameter subject: Whose bytes they are: "the history of instance \"order-42\"".
    init(_ error: EventCodingError, in subject: String) {
        if case .formatTooNew = error {
            self.init(.formatTooNew, "\(subject) is \(error)", underlying: error)
        } else {
            self.init(.corrupt, "\(subject) cannot be read: \(error)", underlying: error)
        }
    }
}
