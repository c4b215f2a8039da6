import Aloft
import Synchronization
import Testing

@Suite struct CancellationTests {
    final class Log: Activity {
        let lines = Mutex<[String]>([])
        func run(_ context: ActivityContext, _ line: String) async throws { lines.withLock { $0.append(line) } }
    }

    struct Patient: Workflow {
        func run(_ context: WorkflowContext, _ catchesIt: Bool) async throws -> String {
            try await context.activity(Log.self, "started")
            do {
                try await context.sleep(for: .seconds(3600))
            } catch let error as CancellationError {
                do {
                    try await context.activity(Log.self, "never")
                } catch is CancellationError {
                    // In a cancelled task nothing new is scheduled.
                    try await context.shielded { try await context.activity(Log.self, "refused") }
                }
                try await context.shielded { try await context.activity(Log.self, "cleaned up") }
                if !catchesIt { throw error }
            }
            return "caught"
        }
    }

    @Test("Cancelling cancels the root task; shielded clean-up runs", arguments: Setup.all)
    func cancel(_ setup: Setup) async throws {
        for catchesIt in [false, true] {
            let log = Log()
            try await withFleet(setup) {
                Patient.self
                log
            } body: { fleet in
                let handle = try await fleet.client.start(Patient.self, catchesIt)
                try await eventually { try await handle.state().historyLength >= 4 }
                try await handle.cancel(reason: "test")
                if catchesIt {
                    #expect(try await handle.result() == "caught")
                    #expect(try await handle.status() == .completed)
                } else {
                    let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
                    #expect(error?.status == .cancelled)
                    #expect(try await handle.status() == .cancelled)
                }
                #expect(log.lines.withLock { $0 } == ["started", "refused", "cleaned up"])
                await #expect { try await handle.cancel() } throws: {
                    ($0 as? StoreError)?.code == .instanceFinished
                }
            }
        }
    }

    @Test("Cancelled before its first task", arguments: Setup.all)
    func early(_ setup: Setup) async throws {
        let log = Log()
        try await withFleet(setup) { fleet in
            let handle = try await fleet.client.start(Patient.self, false)
            try await handle.cancel()
            try await fleet.withWorker {
                Patient.self
                log
            } body: {
                let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
                #expect(error?.status == .cancelled)
            }
        }
    }
}
