import Aloft
import Foundation
import Synchronization
import Testing

/// Terminate, remove, expire: ends that come from outside.
@Suite struct EndTests {
    struct Busy: Workflow {
        func run(_ context: WorkflowContext) async throws {
            async let timer: Void = context.sleep(for: .seconds(3600))
            async let work: Void = context.activity(ActivityReference<Void, Void>("never"), ())
            try await timer
            try await work
        }
    }

    struct Quick: Workflow {
        struct Bad: Error {}

        func run(_ context: WorkflowContext, _ isGood: Bool) async throws {
            if !isGood { throw Bad() }
        }
    }

    @Test("Terminate ends at once without running code", arguments: Setup.all)
    func terminate(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Busy.self
        } body: { fleet in
            let handle = try await fleet.client.start(Busy.self)
            try await eventually { try await handle.state().historyLength == 3 }
            try await handle.terminate(reason: "enough")
            let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
            #expect(error?.status == .terminated)
            #expect(error?.failure.kind == .terminated)
            #expect(error?.message.contains("enough") == true)
            #expect(try await handle.history().count == 4)
            #expect(try await handle.pendingActivities().isEmpty)
            await #expect { try await handle.terminate() } throws: { ($0 as? StoreError)?.code == .instanceFinished }
            let nobody = fleet.client.handle("nobody", of: Busy.self)
            await #expect { try await nobody.terminate() } throws: { ($0 as? StoreError)?.code == .instanceNotFound }
        }
    }

    @Test("Remove deletes what has finished and refuses what is open", arguments: Setup.all)
    func remove(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Busy.self
            Quick.self
        } body: { fleet in
            let open = try await fleet.client.start(Busy.self)
            await #expect { try await open.remove() } throws: { ($0 as? StoreError)?.code == .instanceOpen }
            let quick = try await fleet.client.start(Quick.self, true)
            try await quick.result()
            try await quick.remove()
            await #expect { try await quick.state() } throws: { ($0 as? StoreError)?.code == .instanceNotFound }
            await #expect { try await quick.remove() } throws: { ($0 as? StoreError)?.code == .instanceNotFound }
        }
    }

    @Test("Bulk removal by status and age", arguments: Setup.all)
    func removeMany(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Busy.self
            Quick.self
        } body: { fleet in
            let open = try await fleet.client.start(Busy.self)
            for number in 0..<10 {
                let handle = try await fleet.client.start(Quick.self, number % 2 == 0)
                _ = try? await handle.result()
            }
            #expect(try await fleet.client.removeFinished([.failed], before: Date(timeIntervalSinceNow: -3600)) == 0)
            #expect(try await fleet.client.removeFinished([.failed]) == 5)
            #expect(try await fleet.client.removeFinished() == 5)
            #expect(try await open.status() == .running)
            #expect(try await fleet.client.instanceCounts().filter { $0.value > 0 } == [.running: 1])
        }
    }

    @Test("Retention per store and per instance: then nothing is left", arguments: Setup.all)
    func expire(_ setup: Setup) async throws {
        try await withFleet(setup, retention: .milliseconds(1)) { fleet in
            try await fleet.withWorker({ Quick.self }) {
                let short = try await fleet.client.start(Quick.self, true)
                let long = try await fleet.client.start(
                    Quick.self,
                    true,
                    options: StartOptions(retention: .seconds(3600))
                )
                try await long.result()
                try await eventually { try await fleet.store.state(of: short.instance) == nil }
                #expect(try await long.status() == .completed)
                try await eventually { try await fleet.client.instanceCounts()[.completed] == 1 }
            }
        }
    }
}
