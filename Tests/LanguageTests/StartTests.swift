import Aloft
import Foundation
import Synchronization
import Testing

/// Starting an instance: when, under which id, and beside whom.
@Suite struct StartTests {
    struct Greet: Workflow {
        func run(_ context: WorkflowContext, _ name: String) async throws -> String { "hello \(name)" }
    }

    /// Ends as it is told.
    struct Door: Workflow {
        static let open = Signal<Bool>("open")

        struct Jammed: Error {}

        func run(_ context: WorkflowContext, _ name: String) async throws -> String {
            guard try await context.receive(Self.open) else { throw Jammed() }
            return name
        }
    }

    @Test("An id is random unless one is chosen", arguments: Setup.all)
    func ids(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Greet.self
        } body: { fleet in
            let first = try await fleet.client.start(Greet.self, "a")
            let second = try await fleet.client.start(Greet.self, "b")
            #expect(first.instance != second.instance)
            let third = try await fleet.client.start(Greet.self, "c", id: "chosen")
            #expect(third.instance == "chosen")
            #expect(try await fleet.client.handle("chosen", of: Greet.self).result() == "hello c")
        }
    }

    @Test("The id of an open instance: fail, use existing, terminate existing", arguments: Setup.all)
    func conflicts(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Door.self
        } body: { fleet in
            let first = try await fleet.client.start(Door.self, "first", id: "door")
            await #expect { try await fleet.client.start(Door.self, "other", id: "door") } throws: {
                ($0 as? StoreError)?.code == .instanceAlreadyExists
            }
            let joined = try await fleet.client.start(
                Door.self,
                "other",
                id: "door",
                options: StartOptions(conflictPolicy: .useExisting)
            )
            let execution = try await first.state().execution
            #expect(try await joined.state().execution == execution)
            await #expect {
                try await fleet.client.start(Greet.self, "x", id: "door", options: .joinExisting)
            } throws: {
                "\($0)".contains("runs Door")
            }
            let replacing = try await fleet.client.start(
                Door.self,
                "second",
                id: "door",
                options: StartOptions(conflictPolicy: .terminateExisting)
            )
            #expect(try await replacing.state().execution != execution)
            try await replacing.signal(Door.open, true)
            #expect(try await replacing.result() == "second")
        }
    }

    @Test("Whoever awaits an instance that a start replaces learns of its end or gets the result of the new one")
    func replacedWhileAwaited() async throws {
        for setup in Setup.all {
            try await withFleet(setup) {
                Door.self
            } body: { fleet in
                let first = try await fleet.client.start(Door.self, "first", id: "door")
                async let awaited = first.result()
                try await eventually { try await first.state().historyLength > 0 }
                let options = StartOptions(conflictPolicy: .terminateExisting)
                let second = try await fleet.client.start(Door.self, "second", id: "door", options: options)
                try await second.signal(Door.open, true)
                do {
                    #expect(try await awaited == "second")
                } catch let error as WorkflowError {
                    #expect(error.status == .terminated)
                }
            }
        }
    }

    @Test("The id of a finished instance: reject, use existing, allow if failed, allow", arguments: Setup.all)
    func reuse(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Door.self
        } body: { fleet in
            func run(_ name: String, _ policy: IDReusePolicy, opens: Bool) async throws -> Result<String, any Error> {
                let options = StartOptions(reusePolicy: policy)
                do {
                    let handle = try await fleet.client.start(Door.self, name, id: "door", options: options)
                    if try await handle.status() == .running { try await handle.signal(Door.open, opens) }
                    return .success(try await handle.result())
                } catch {
                    return .failure(error)
                }
            }
            func isTaken(_ result: Result<String, any Error>) -> Bool {
                guard case .failure(let error as StoreError) = result else { return false }
                return error.code == .instanceAlreadyExists
            }
            await #expect(throws: WorkflowError.self) { try await run("1", .reject, opens: false).get() }
            let rejected = try await run("2", .reject, opens: true)
            #expect(isTaken(rejected))
            let retried = try await run("3", .allowIfFailed, opens: true).get()
            #expect(retried == "3")
            let completed = try await run("4", .allowIfFailed, opens: true)
            #expect(isTaken(completed))
            let existing = try await run("5", .useExisting, opens: true).get()
            #expect(existing == "3")
            let again = try await run("6", .allow, opens: true).get()
            #expect(again == "6")
            #expect(try await fleet.client.handle("door", of: Door.self).history().count == 3)
        }
    }

    @Test("A delayed start waits, takes signals meanwhile, and never runs early", arguments: Setup.all)
    func delay(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Door.self
        } body: { fleet in
            let options = StartOptions(moment: .after(.milliseconds(80)))
            let handle = try await fleet.client.start(Door.self, "late", options: options)
            try await handle.signal(Door.open, true)
            #expect(try await handle.result() == "late")
            let history = try await handle.history()
            let first = try #require(history.first)
            #expect(first.timestamp <= history[1].timestamp)
            let created = try await handle.state().createdAt
            let finished = try #require(try await handle.state().finishedAt)
            #expect(finished - created >= .milliseconds(80))
        }
    }

    @Test(
        "A start at a date that has passed is a start now; one far ahead can be cancelled before it runs",
        arguments: Setup.all
    )
    func date(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Door.self
            Greet.self
        } body: { fleet in
            let past = StartOptions(moment: .at(Date(timeIntervalSince1970: 0)))
            let now = try await fleet.client.start(Greet.self, "now", options: past)
            #expect(try await now.result() == "hello now")
            let future = StartOptions(moment: .at(Date(timeIntervalSinceNow: 3600)))
            let later = try await fleet.client.start(Door.self, "later", options: future)
            let state = try await later.state()
            let startsAt = try #require(state.startsAt)
            #expect(startsAt - state.createdAt > .seconds(3000))
            try await later.cancel(reason: "not wanted")
            let error = await #expect(throws: WorkflowError.self) { try await later.result() }
            #expect(error?.status == .cancelled)
        }
    }

    @Test("An execution timeout ends the instance without running its code", arguments: Setup.all)
    func timeout(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Door.self
        } body: { fleet in
            let options = StartOptions(executionTimeout: .milliseconds(60))
            let handle = try await fleet.client.start(Door.self, "slow", options: options)
            let error = await #expect(throws: WorkflowError.self) { try await handle.result() }
            #expect(error?.status == .timedOut)
            #expect(error?.failure.kind == .timeout)
            #expect(try await handle.status() == .timedOut)
            let last = try await handle.history().last?.body
            guard case .workflowTimedOut? = last else {
                Issue.record("the history ends with \(String(describing: last))")
                return
            }
        }
    }

    @Test("A memo goes along with the instance and is seen from outside", arguments: Setup.all)
    func memo(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Greet.self
        } body: { fleet in
            let memo = ["customer": "é 42", "": "empty key"]
            let handle = try await fleet.client.start(Greet.self, "x", options: StartOptions(memo: memo))
            _ = try await handle.result()
            #expect(try await handle.state().memo == memo)
        }
    }

    @Test("Signal-with-start starts an instance that finds the signal, or signals the open one", arguments: Setup.all)
    func signalWithStart(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            func signal(_ value: Bool, id: String?) async throws -> InstanceHandle<String> {
                try await fleet.client.signalWithStart(
                    Door.self,
                    "door",
                    signal: Door.open,
                    value,
                    signalID: id,
                    id: "door"
                )
            }
            let handle = try await signal(true, id: "a")
            let execution = try await handle.state().execution
            _ = try await signal(false, id: "a")
            #expect(try await signal(false, id: nil).state().execution == execution)
            try await fleet.withWorker({ Door.self }) {
                let result = try await handle.result()
                #expect(result == "door")
            }
            await #expect { try await signal(true, id: "a") } throws: {
                ($0 as? StoreError)?.code == .instanceAlreadyExists
            }
        }
    }

    @Test("Bad names are refused with what is wrong", arguments: Setup.all)
    func names(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            let long = InstanceID(String(repeating: "x", count: 256))
            for id in [long, "", "a\nb"] {
                await #expect { try await fleet.client.start(Greet.self, "x", id: id) } throws: {
                    ($0 as? StoreError)?.code == .invalidIdentifier
                }
            }
            let most = InstanceID(String(repeating: "{", count: 255))
            let handle = try await fleet.client.start(Greet.self, "x", id: most)
            #expect(try await handle.status() == .running)
        }
    }
}
