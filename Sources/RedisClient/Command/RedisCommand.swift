/// A command: its name and its arguments.
///
/// ```swift
/// let command = RedisCommand("SET", "greeting", "hello", "PX", 5_000)
/// ```
public struct RedisCommand: Sendable, Hashable {
    /// The name and all that follows it.
    public var arguments: [RedisArgument]

    public init(_ name: String, _ arguments: RedisArgument...) {
        var all: [RedisArgument] = []
        all.reserveCapacity(arguments.count + 1)
        all.append(RedisArgument(name))
        all.append(contentsOf: arguments)
        self.arguments = all
    }

    /// A command from a list that starts with its name.
    public init(arguments: [RedisArgument]) {
        self.arguments = arguments
    }
}

extension RedisCommand {
    /// Commands whose replies do not come one per command would put every later reply on the shared stream out of step.
    static func breaksPipelining(_ arguments: [RedisArgument]) -> Bool {
        guard let first = arguments.first, case .string(let name) = first.storage else { return false }
        switch name.utf8.count {
        case 4: return name.uppercased() == "SYNC"
        case 5: return name.uppercased() == "PSYNC"
        case 6:
            guard arguments.count > 1, case .string(let verb) = arguments[1].storage, verb.utf8.count == 5 else {
                return false
            }
            return name.uppercased() == "CLIENT" && verb.uppercased() == "REPLY"
        case 7: return name.uppercased() == "MONITOR"
        case 9: return name.uppercased() == "SUBSCRIBE"
        case 10: return ["PSUBSCRIBE", "SSUBSCRIBE"].contains(name.uppercased())
        case 11: return name.uppercased() == "UNSUBSCRIBE"
        case 12: return ["PUNSUBSCRIBE", "SUNSUBSCRIBE"].contains(name.uppercased())
        default: return false
        }
    }
}
