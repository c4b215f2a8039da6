import Aloft
import Testing

/// Facts 7 and 17: what differs from process to process, and what ends one.
extension RuntimeFactTests {
    /// Everything whose order could come from a `Dictionary` or `Set`: many waits of each kind, resumed and ended together.
    struct Crowd: Workflow {
        func run(_ context: WorkflowContext) async throws -> [String] {
            let log = Shared<[String]>([])
            let open = Shared(false)
            let ledger = Ledger()
            await withTaskGroup { group in
                for number in 0..<8 {
                    group.addTask {
                        try? await context.until { open.value }
                        log.update { $0.append("condition \(number)") }
                    }
                    group.addTask {
                        let signal = Signal<Int>("signal \(number % 4)")
                        let value = try? await context.receive(signal)
                        log.update { $0.append("\(signal.name) to \(number): \(value.map { "\($0)" } ?? "none")") }
                        open.value = true
                    }
                    group.addTask {
                        try? await context.sleep(for: .seconds(Double(number + 1)))
                        log.update { $0.append("timer \(number)") }
                        await ledger.add("ledger \(number)")
                    }
                    group.addTask {
                        let result = try? await context.activity(Reference.double, number)
                        log.update { $0.append("activity \(number): \(result ?? -1)") }
                        await ledger.add("result \(number)")
                    }
                }
            }
            log.value.append("\(context.uuid())")
            return await log.value + ledger.lines
        }

        actor Ledger {
            private(set) var lines: [String] = []
            func add(_ line: String) { lines.append(line) }
        }
    }

    /// The history of a crowd, in words, with its result.
    private static func crowdedHistory() throws -> [String] {
        let engine = EngineHarness(Crowd.self)
        let first = try engine.start()
        for number in [2, 0, 3, 0, 1] { try engine.feed(.signal(Signal<Int>("signal \(number)"), number)) }
        try engine.restart()
        for activity in first.activities.reversed().dropLast(3) {
            try engine.feed(.activityCompleted(activity.command, payload(activity.command.number)))
        }
        try engine.feed(.timerFired(first.timers[0].command))
        try engine.feed(.cancel)
        for activity in first.activities.reversed().suffix(3) {
            try engine.feed(.activityCompleted(activity.command, payload(activity.command.number)))
        }
        let lines: [String] = try #require(engine.completion).value()
        return engine.summaries + lines
    }

    /// Fact 7: the order of dictionaries differs from process to process, and nothing of an execution may depend on it.
    ///
    /// The number was recorded once, in another process: it also holds against other toolchains and optimisation levels.
    @Test func everyProcessHasTheSameOrder() async throws {
        let here = try Self.crowdedHistory()
        #expect(here.count == 89)
        #expect(StableHash.of(here.joined(separator: "\n")) == 15_327_257_381_592_838_037)
        for _ in 0..<2 {
            let child = try await #require(
                processExitsWith: .success,
                observing: [\.standardOutputContent]
            ) {
                print("order:", StableHash.of(try Self.crowdedHistory().joined(separator: "\n")))
            }
            let output = String(decoding: child.standardOutputContent, as: UTF8.self)
            #expect(output.contains("order: \(StableHash.of(here.joined(separator: "\n")))"))
        }
    }

    /// Fact 17: a trap cannot be caught, it ends the process; that is why tasks count their deliveries.
    @Test func trapsEndTheProcess() async {
        await #expect(processExitsWith: .failure) {
            struct Trapping: Workflow {
                func run(_ context: WorkflowContext) async throws { fatalError("on purpose") }
            }
            do { try EngineHarness(Trapping.self).start() } catch {}
        }
    }
}
