/// The name of an instance, chosen by whoever starts it: "order-42".
public struct InstanceID: Identifier {
    public static let subject = "instance id"
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    // As stores compare them: byte by byte.
    public static func == (left: InstanceID, right: InstanceID) -> Bool { left.hasSameBytes(as: right) }
    public func hash(into hasher: inout Hasher) { hashBytes(into: &hasher) }

    /// An id that nobody else has.
    public static func random() -> InstanceID { InstanceID(rawValue: RandomName.make(characters: 22)) }
}

/// The name of one life (run) of an instance; made by the system, unique in time.
public struct ExecutionID: Identifier {
    public static let subject = "execution id"
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    // As stores compare them: byte by byte.
    public static func == (left: ExecutionID, right: ExecutionID) -> Bool { left.hasSameBytes(as: right) }
    public func hash(into hasher: inout Hasher) { hashBytes(into: &hasher) }

    /// An id that nobody else has: 110 random bits.
    public static func random() -> ExecutionID { ExecutionID(rawValue: RandomName.make(characters: 22)) }
}

/// A named queue that workers serve; every workflow and activity task is on one.
public struct TaskQueue: Identifier {
    public static let subject = "task queue"
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    // As stores compare them: byte by byte.
    public static func == (left: TaskQueue, right: TaskQueue) -> Bool { left.hasSameBytes(as: right) }
    public func hash(into hasher: inout Hasher) { hashBytes(into: &hasher) }

    /// The queue of whoever does not name one.
    public static let `default`: TaskQueue = "default"
}

/// One incarnation of a worker: a process that restarts, or that lost its lease, gets a new one.
public struct WorkerID: Identifier {
    public static let subject = "worker id"
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    // As stores compare them: byte by byte.
    public static func == (left: WorkerID, right: WorkerID) -> Bool { left.hasSameBytes(as: right) }
    public func hash(into hasher: inout Hasher) { hashBytes(into: &hasher) }

    /// An id that nobody else has: 60 random bits, short because it is written with every lease.
    public static func random() -> WorkerID { WorkerID(rawValue: RandomName.make(characters: 12)) }
}

/// The number of a command within its execution, counted from 1 in the order in which the code issued them.
///
/// Numbers are deterministic: a replay issues the same commands with the same numbers.
public struct CommandID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    public let number: Int
    public init(_ number: Int) { self.number = number }
    public var description: String { String(number) }
    public static func < (left: CommandID, right: CommandID) -> Bool { left.number < right.number }
}

package enum RandomName {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// Random characters of Crockford's base 32, five bits each: no two look alike, none needs quoting in a shell.
    package static func make(characters: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return make(characters: characters) { generator.next() }
    }

    /// As many characters, five bits each, from numbers that give twelve characters each.
    package static func make(characters: Int, from next: () -> UInt64) -> String {
        String(unsafeUninitializedCapacity: characters) { buffer in
            var bits: UInt64 = 0
            for index in 0..<characters {
                if index % 12 == 0 { bits = next() }
                buffer[index] = alphabet[Int(bits & 31)]
                bits >>= 5
            }
            return characters
        }
    }
}
