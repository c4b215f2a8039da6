import Aloft
import AloftRedis
import Synchronization
import Testing

/// Instances of all kinds, what each must result in, and how far they are.
final class Load: Sendable {
    static let chainLength = 8
    static let naps = 6
    static let signals = 5

    let ledger = Ledger()
    let size: Int

    /// - Parameter size: How many instances there are of each of the four kinds.
    init(size: Int = 6) { self.size = size }

    @WorkerBuilder var components: [WorkerComponent] {
        Chain.self
        Naps.self
        Listener.self
        Family.self
        Alarms.self
        ActivityFunction("add") { [ledger] (step: Chain.Step) in
            // Work takes its time.
            try await Task.sleep(for: .milliseconds(10))
            ledger.note(step.effect)
            return step.sum + step.next
        }
    }

    /// How many different activities there will have been at the end.
    var activities: Int { size * Self.chainLength + size * (2 * Self.chainLength + 1) }

    /// Waits until a share of all activities has run once.
    func reach(_ share: Double) async throws {
        try await eventually { self.ledger.count >= Int(Double(self.activities) * share) }
    }

    /// Starts all instances and sends them their signals, whatever happens meanwhile.
    func start(with client: WorkflowClient) async throws {
        for index in 0..<size {
            try await insistOnStart { try await client.start(Chain.self, Self.chainLength, id: "chain-\(index)") }
            try await insistOnStart { try await client.start(Naps.self, Self.naps, id: "naps-\(index)") }
            try await insistOnStart { try await client.start(Listener.self, Self.signals, id: "listener-\(index)") }
            try await insistOnStart { try await client.start(Family.self, Self.chainLength, id: "family-\(index)") }
        }
        for index in 0..<size {
            let listener = client.handle("listener-\(index)", of: Listener.self)
            for number in 0..<Self.signals {
                try await insist { try await listener.signal(Listener.number, number, id: "\(number)") }
            }
        }
    }

    /// Waits for all instances and compares what has become of them.
    func check(with client: WorkflowClient) async throws {
        let sum = (1...Self.chainLength).reduce(0, +)
        for index in 0..<size {
            let chain = client.handle("chain-\(index)", of: Chain.self)
            #expect(try await result(of: chain) == sum)
            let naps = client.handle("naps-\(index)", of: Naps.self)
            #expect(try await result(of: naps) == 0, "timers fired early")
            let listener = client.handle("listener-\(index)", of: Listener.self)
            #expect(try await result(of: listener) == Array(0..<Self.signals))
            let family = client.handle("family-\(index)", of: Family.self)
            #expect(try await result(of: family) == 2 * sum + Self.chainLength + 1)
        }
        #expect(ledger.count == activities, "each activity has run at least once")
    }

    private func result<Output: Sendable>(of handle: InstanceHandle<Output>) async throws -> Output? {
        let result = try await insist { try await handle.result() }
        History.check(try await insist { try await handle.history() }, of: handle.instance)
        return result
    }
}

enum History {
    /// No gap, nothing twice, and an end.
    static func check(_ events: [Event], of instance: InstanceID) {
        #expect(events.map(\.number) == Array(1...max(1, events.count)), "\(instance) has gaps")
        var open: Set<CommandID> = []
        var ends = 0
        for event in events {
            switch event.body {
            case .activityScheduled(let activity): #expect(open.insert(activity.command).inserted)
            case .timerScheduled(let timer): #expect(open.insert(timer.command).inserted)
            case .activityCompleted(let command, _), .timerFired(let command):
                #expect(open.remove(command) != nil, "\(instance) has two outcomes of \(command)")
            case .activityFailed(let command, let failure): Issue.record("\(instance)/\(command): \(failure)")
            case .workflowCompleted: ends += 1
            default: break
            }
        }
        #expect(ends == 1 && open.isEmpty, "\(instance)")
    }
}

/// Repeats a call as a sensible client does, for a while.
@discardableResult
func insist<Value>(_ body: () async throws -> Value) async throws -> Value where Value: Sendable {
    let end = ContinuousClock.now + .seconds(20)
    while true {
        do {
            return try await body()
        } catch let error as StoreError where error.code == .unavailable || error.code == .outcomeUnknown {
            guard ContinuousClock.now < end else { throw error }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// As above, for starts: one that exists now was started by a call whose answer was lost.
func insistOnStart<Output>(_ start: () async throws -> InstanceHandle<Output>) async throws {
    do {
        _ = try await insist { () async throws -> InstanceHandle<Output>? in try await start() }
    } catch let error as StoreError where error.code == .instanceAlreadyExists {}
}

/// Waits until a condition holds, for thirty seconds at most unless told otherwise.
func eventually(
    _ what: Comment? = nil,
    for limit: Duration = .seconds(30),
    sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < end, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(2))
    }
}

extension Sequence {
    func asyncMap<Value>(_ transform: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
