package import AloftClient
package import AloftCore
internal import DequeModule
package import Logging
internal import Tracing

/// One life of an instance in memory: it is fed events one at a time and answers with decisions.
///
/// The worker calls it; it knows neither stores nor clocks nor other instances. Everything in here is touched by the
/// thread that drains the executor and by no other: each entry point of workflow code checks that first (``enter(_:)``),
/// which is what `@unchecked Sendable` rests on.
package final class Execution: @unchecked Sendable {
    /// Jobs that one input may cause before the code is taken to loop for ever.
    package static let jobBudget = 1_000_000
    /// Calls of its context that the code may make for one input before it is taken to loop for ever.
    package static let callBudget = 1_000_000
    /// Calls of a halted or cancelled context that may fail within one job before the caller is taken to loop over the
    /// error and is parked for good.
    package static let refusalBudget = 10_000

    package let instance: InstanceID
    package let execution: ExecutionID
    let coder: PayloadCoder
    /// What the store takes.
    let limits: StoreLimits
    let baseLogger: Logger
    /// That of the code, once it has asked for one.
    var codeLogger: Logger?
    let telemetry: Telemetry
    var spans = ExecutionSpans()
    package let executor: DeterministicExecutor
    let blueprint: WorkflowBlueprint

    enum Phase {
        case running
        /// Its code returned or threw.
        case finished
        /// No more decisions: the task failed, or the execution leaves memory.
        case halted(TaskFailure?)
    }

    var phase = Phase.running
    /// Whether it leaves memory: nothing that its code does from then on counts, also if it has ended before.
    var isUnloading = false
    var matcher = HistoryMatcher()
    private(set) var now = Timestamp(milliseconds: 0)
    /// The number of the last event, recorded or decided.
    package private(set) var historyLength = 0
    package private(set) var queue = TaskQueue.default
    /// Whom it belongs to, if it is a sub-workflow.
    private(set) var parent: ParentLink?
    /// The execution that it continues.
    private(set) var continuedFrom: ExecutionID?
    /// What crossed from whoever started it; goes on to the execution that continues it.
    private(set) var headers: ContextHeaders = [:]
    /// The first headers that its code gave to anything, when that was recorded: they tell which trace it is in where the start
    /// does not.
    private(set) var recordedHeaders: ContextHeaders = [:]
    /// When it started.
    private(set) var startedAt = Timestamp(milliseconds: 0)
    /// How late the timers fired that did for the first time; empty if nothing is measured.
    var lateness: [Duration] = []
    /// Since the last commit, for the metrics.
    var lostActivities: [(name: String, failure: Failure)] = []
    var decisions = Decisions()
    var lastCommand = 0
    var generator: SeededGenerator
    private var root: Task<Void, Never>?
    private(set) var isCancelRequested = false
    /// Why, as far as the events so far tell; the first reason that was given counts.
    private(set) var cancellationReason = ""
    /// The reason of a request that waits behind the start. Not for the code: on a replay it is not there yet.
    private(set) var foreseenReason = ""
    /// The calls of the context since the last input.
    var calls = 0
    /// The calls that were refused within one job, and which one.
    var refusals = (job: 0, count: 0)
    /// Whether the root task has come to its end, by whichever way.
    var hasEnded = false
    var hasUnwound: Bool { (root == nil || hasEnded) && openFutures.isEmpty }

    /// How many waits have begun.
    var lastWait = 0
    /// What the store was last told that the code waits for. The worker's.
    package var toldWaits: WaitSummary?

    // What the code waits for. Dictionaries are only looked up; whatever is iterated is ordered.
    var activities: [CommandID: ActivityWait] = [:]
    var timers: [CommandID: TimerWait] = [:]
    var signals: [String: SignalBox] = [:]
    var conditions: [Condition] = []
    /// Those that have not ended.
    var subWorkflows: [CommandID: SubWorkflow] = [:]
    /// How many tasks wait for one of them.
    var subWorkflowWaits = 0
    var outgoingSignals: [CommandID: OutgoingSignal] = [:]
    var innerWaits: [Int: InnerWait] = [:]
    var openFutures: [Int: OpenFuture] = [:]
    /// The last number given to a place in a queue inside the execution.
    var lastTicket = 0

    /// - Parameter onForeignJob: Called when code came back from awaiting something that is not durable, outside of any
    ///   call of this object; the execution should be halted.
    package init(
        blueprint: WorkflowBlueprint,
        instance: InstanceID,
        execution: ExecutionID,
        coder: PayloadCoder,
        logger: Logger,
        limits: StoreLimits = StoreLimits(),
        telemetry: Telemetry = .off,
        onForeignJob: @escaping @Sendable () -> Void = {}
    ) {
        self.blueprint = blueprint
        self.instance = instance
        self.execution = execution
        self.coder = coder
        self.baseLogger = logger
        self.limits = limits
        self.telemetry = telemetry
        self.executor = DeterministicExecutor(onForeignJob: onForeignJob)
        self.generator = SeededGenerator(seed: execution.rawValue)
    }

    /// Whether the code has ended and its completion is among the decisions.
    package var isFinished: Bool {
        if case .finished = phase { true } else { false }
    }

    /// Whether its code came back from awaiting something that is not durable: the next input will fail.
    package var sawForeignJob: Bool { executor.sawForeignJob }

    /// The number of calls that wait, for an event or for another task.
    package var waitCount: Int {
        activities.count + timers.count + conditions.count + subWorkflowWaits + outgoingSignals.count + innerWaits.count
    }

    // MARK: Feeding

    /// Runs the code against a recorded history. Nothing is decided anew.
    ///
    /// - Throws: ``TaskFailure``; the execution is halted then.
    package func replay(_ history: [Event]) throws(TaskFailure) {
        if telemetry.isOn { recordedHeaders = history.firstGivenHeaders }
        let end = history.last.flatMap { $0.body.isEndFromOutside ? $0 : nil }
        try replay(decided: end == nil ? history[...] : history.dropLast())
        matcher.beginRecording()
        decisions = Decisions()
        if let end { try finish(at: end) }
    }

    private func replay(decided history: ArraySlice<Event>) throws(TaskFailure) {
        var index = history.startIndex
        while index < history.endIndex {
            let input = history[index]
            var end = history.index(after: index)
            while end < history.endIndex, !history[end].body.isInput { end += 1 }
            try check(history[index..<end])
            matcher.beginReplay(of: input, outputs: history[(index + 1)..<end])
            historyLength = input.number
            try feed(input)
            do throws(TaskFailure) { try matcher.finish(waits: waits) } catch { throw halt(error) }
            index = end
        }
    }

    /// The store ended it; what the code would have done is of no account.
    private func finish(at end: Event) throws(TaskFailure) {
        guard end.number == historyLength + 1, !isFinished else { throw halt(Self.outOfPlace(end)) }
        historyLength = end.number
        phase = .finished
    }

    private static func outOfPlace(_ event: Event) -> TaskFailure {
        TaskFailure(.invalidHistory, "event \(event.number) (\(event.body.summary)) is out of place")
    }

    /// An input and its outputs must follow what came before without a gap.
    private func check(_ events: ArraySlice<Event>) throws(TaskFailure) {
        var number = historyLength
        for event in events {
            number += 1
            let isInPlace = event.number == number && event.body.isInput == (number == historyLength + 1)
            guard isInPlace, !isFinished else { throw halt(Self.outOfPlace(event)) }
        }
    }

    /// Feeds new inputs, one at a time, and returns them with what the code decided.
    ///
    /// - Throws: ``TaskFailure``; the execution is halted then, and what it decided must be thrown away.
    package func apply(_ inputs: [DeliveredInput]) throws(TaskFailure) -> Decisions {
        decisions = Decisions()
        foreseenReason = inputs.earlyCancelReason ?? ""
        for (index, input) in inputs.enumerated() where !isFinished {
            historyLength += 1
            let body = index == 0 ? input.body.cancelled(ifAsked: inputs) : input.body
            // The clock of an execution never goes back, whatever the clock of the store does.
            let event = Event(number: historyLength, timestamp: max(now, input.timestamp), body: body)
            decisions.events.append(event)
            decisions.consumedInputs += 1
            try feed(event)
        }
        // Timers that are still pending when the code ends must not outlive it.
        if isFinished { for command in timers.keys.sorted() { decisions.drop(timer: command) } }
        return decisions
    }

    private func feed(_ event: Event) throws(TaskFailure) {
        if case .halted(let failure) = phase {
            throw failure ?? TaskFailure(.invalidHistory, "the execution has left memory and takes no events")
        }
        now = event.timestamp
        calls = 0
        try drain { dispatch(event.body) }
        // One condition at a time, in the order of registration, so that the line behind each may rely on it. Looked at
        // within a drain, since conditions may ask the context too.
        var isSettled = false
        while case .running = phase, !isSettled, !conditions.isEmpty {
            try drain {
                if let condition = takeFulfilledCondition() {
                    condition.continuation.resume()
                } else {
                    isSettled = true
                }
            }
        }
        guard case .running = phase else { return }
        guard waitCount > 0 else { throw halt(foreignAwait) }
    }

    private func drain(_ work: () -> Void) throws(TaskFailure) {
        let result = executor.drain(budget: Self.jobBudget, work)
        if case .halted(let failure?) = phase { throw failure }
        if executor.sawForeignJob { throw halt(foreignAwait) }
        if result == .budgetExceeded {
            throw halt(
                TaskFailure(
                    .endlessLoop,
                    "workflow \(blueprint.name) ran \(Self.jobBudget) jobs without coming to rest after event "
                        + "\(historyLength); a loop over Task.yield() never ends: wait with context.until instead"
                )
            )
        }
    }

    private var foreignAwait: TaskFailure {
        TaskFailure(
            .foreignAwait,
            "workflow \(blueprint.name) awaited something outside its context after event \(historyLength): Task.sleep, "
                + "an actor with its own executor, Task { }, a network call or the like. Use context.sleep, an activity, "
                + "async let or a task group instead"
        )
    }

    private func dispatch(_ input: EventBody) {
        switch input {
        case .started(let started): begin(started)
        case .activityCompleted(let command, let result):
            activities.removeValue(forKey: command)?.continuation.resume(returning: result)
        case .activityFailed(let command, let failure): fail(activity: command, failure)
        case .timerFired(let command): fire(timer: command)
        case .signalReceived(let name, let payload, let headers):
            traceSignal(name, headers)
            accept(signal: name, payload, headers)
        case .cancelRequested(let reason): cancel(reason)
        case .subWorkflowCompleted(let command, let result): end(subWorkflow: command, .completed(result))
        case .subWorkflowFailed(let command, let failure): end(subWorkflow: command, .failed(failure))
        case .signalDelivered(let command): end(outgoingSignal: command, nil)
        case .signalFailed(let command, let failure): end(outgoingSignal: command, failure)
        case .activityScheduled, .timerScheduled, .timerCancelled, .sideEffectRecorded, .workflowCompleted,
            .workflowFailed, .workflowCancelled, .subWorkflowScheduled, .subWorkflowCancelRequested, .signalScheduled,
            .continuedAsNew, .workflowTerminated, .workflowTimedOut:
            _ = halt(TaskFailure(.invalidHistory, "\(input.summary) is not an input"))
        }
    }

    private func begin(_ started: EventBody.Started) {
        guard root == nil else {
            _ = halt(TaskFailure(.invalidHistory, "the execution was started twice"))
            return
        }
        startedAt = now
        queue = started.queue
        parent = started.parent
        continuedFrom = started.continuedFrom
        headers = started.headers
        // The code is to see what came with the start, not what the worker does just now. Where there is neither, nothing is bound:
        // that would cost.
        let context = openRun(started)
        root =
            context == nil && ServiceContext.current == nil
            ? launch(started.input) : ServiceContext.withValue(context) { launch(started.input) }
        // Its first job is still to come, so nothing runs before the task is cancelled.
        if started.isCancelled { cancel("") }
    }

    private func launch(_ input: Payload) -> Task<Void, Never> {
        let context = WorkflowContext(execution: self)
        let body = blueprint.body
        return Self.$current.withValue(self) {
            Task(executorPreference: executor) {
                do {
                    let result = try await body(context, input)
                    self.finish(returning: result)
                } catch {
                    self.finish(throwing: error)
                }
            }
        }
    }

    private func cancel(_ reason: String) {
        isCancelRequested = true
        if cancellationReason.isEmpty { cancellationReason = reason }
        cancelSubWorkflows()
        root?.cancel()
        cancelOpenFutures()
    }

    // MARK: Ending

    /// Stops deciding. The first cause is the one that counts.
    @discardableResult
    func halt(_ failure: TaskFailure) -> TaskFailure {
        if case .halted(let first?) = phase { return first }
        phase = .halted(failure)
        return failure
    }

    // MARK: Recording

    /// Compares an output with the history or adds it to the decisions.
    ///
    /// - Returns: The recorded event when replaying, otherwise `nil`.
    @discardableResult
    func record(_ output: EventBody, at location: SourceLocation?) throws(TaskFailure) -> EventBody? {
        let recorded: EventBody?
        do throws(TaskFailure) { recorded = try matcher.match(output, at: location) } catch { throw halt(error) }
        historyLength += 1
        if recorded == nil { decisions.add(Event(number: historyLength, timestamp: now, body: output)) }
        return recorded
    }
}
