import Aloft
import Synchronization
import Testing

extension CancellationTests {
    /// An activity that ends when the test says so.
    final class Gate: Activity {
        static let name = "gate"
        let hasBegun = Mutex(false)
        let mayEnd = Mutex(false)
        let wasCancelled = Mutex(false)

        func run(_ context: ActivityContext) async throws -> Int {
            hasBegun.withLock { $0 = true }
            try await eventually { mayEnd.withLock { $0 } }
            wasCancelled.withLock { $0 = Task.isCancelled }
            return 42
        }
    }

    struct Finishing: Workflow {
        func run(_ context: WorkflowContext) async throws -> [String] {
            // The result is the code's although it was cancelled meanwhile.
            let number = try await context.activity(Gate.self)
            var lines = ["\(number)", "\(context.isCancelled)", context.cancellationReason ?? "no reason"]
            func attempt(_ call: () async throws -> Void) async {
                do {
                    try await call()
                    lines.append("went on")
                } catch { lines.append("\(error)") }
            }
            await attempt { _ = try await context.activity(Gate.self) }
            await attempt { try await context.sleep(for: .seconds(3600)) }
            await attempt { _ = try await context.startSubWorkflow(Finishing.self) }
            return lines
        }
    }

    @Test("A running activity finishes and its result is available; nothing new is begun", arguments: Setup.all)
    func runningActivity(_ setup: Setup) async throws {
        let gate = Gate()
        try await withFleet(setup) {
            Finishing.self
            gate
        } body: { fleet in
            let handle = try await fleet.client.start(Finishing.self)
            try await eventually { gate.hasBegun.withLock { $0 } }
            try await handle.cancel(reason: "enough")
            try await eventually { try await handle.state().historyLength == 3 }
            gate.mayEnd.withLock { $0 = true }
            let refused = Array(repeating: "CancellationError()", count: 3)
            #expect(try await handle.result() == ["42", "true", "enough"] + refused)
            #expect(!gate.wasCancelled.withLock { $0 })
            #expect(try await handle.status() == .completed)
        }
    }

    @Test("Cancelling nobody and cancelling the finished are told apart", arguments: Setup.all)
    func undeliverable(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let nobody = fleet.client.handle("nobody", of: Finishing.self)
            await #expect { try await nobody.cancel() } throws: { ($0 as? StoreError)?.code == .instanceNotFound }
            let handle = try await fleet.client.start(Finishing.self)
            try await handle.terminate()
            await #expect { try await handle.cancel() } throws: { ($0 as? StoreError)?.code == .instanceFinished }
        }
    }
}
