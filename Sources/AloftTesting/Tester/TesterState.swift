internal import Aloft

/// What a tester knows besides its store: a value behind a lock.
struct TesterState: Sendable {
    /// An execution in memory, with the history that it stands at.
    struct Resident: Sendable {
        var execution: Execution
        var blueprint: WorkflowBlueprint
        var history: [Event]
        /// The length of the history when it was last replayed.
        var replayedLength = 0
    }

    // What it may run
    var components: [WorkerComponent] = []
    /// The workflows that the test started by their types.
    var startedTypes: [String: WorkflowBlueprint] = [:]
    var activityMocks: [String: ActivityMock] = [:]
    var workflowMocks: [String: WorkflowMock] = [:]

    // What it is to see
    var expectations: [Expectation] = []
    var log: [Occurrence] = []

    // Where it is
    var agenda = TesterAgenda()
    var residents: [InstanceID: Resident] = [:]
    /// Every queue that was ever named, in order.
    private(set) var queues: [TaskQueue] = []
    /// The instance that the test itself started last.
    var subject: InstanceID?
    /// Whether a call moves instances at present.
    var isMoving = false
    private var startCount = 0
    private var transitionCount = 0
    /// For the jitter of retries.
    var generator = SeededGenerator(seed: "tester")

    mutating func nextStart() -> Int {
        startCount += 1
        return startCount
    }

    mutating func nextTransition() -> Int {
        transitionCount += 1
        return transitionCount
    }

    mutating func serve(_ queue: TaskQueue) {
        if !queues.contains(queue) { queues.append(queue) }
    }

    mutating func takeResidents() -> [Resident] {
        defer { residents = [:] }
        return Array(residents.values)
    }
}
