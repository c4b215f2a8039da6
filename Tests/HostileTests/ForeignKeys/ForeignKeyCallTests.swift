import Aloft
import AloftCore
import AloftRedis
import Testing

/// Keys of a foreign type at our names: each call of the store says which key it is and what to do, or goes by it.
@Suite("Foreign keys, call by call") struct ForeignKeyCallTests {
    /// How many of the calls have to notice, at least, and which.
    private static let noticing: [String: Set<String>] = [
        "i:victim": ["start", "state", "deliver", "commit"], "h:victim": ["commit"],
        "in:victim": ["start"], "d:victim": ["deliver"],
        "q:w:default": ["beat", "next workflow tasks", "start"], "q:a:default": ["beat", "next activity tasks"],
        "w:w": ["beat"], "f:w": ["beat"], "reg:w": ["beat"], "try:w": ["trial"],
        "workers": ["beat", "tick"], "due": ["tick"], "instances": ["start", "list"], "outbox": ["beat"],
        "received": ["beat"], "queues": ["beat"], "expiring:c": ["counts"], "expiring:t": ["counts"],
    ]

    @Test("The error names the key and what to do, and afterwards all is well")
    func calls() async { await sideBySide(ForeignKey.all, calls) }

    @Sendable private func calls(_ foreign: ForeignKey) async throws {
        try await withHostileFleet { fleet in
            // Something of everything is there, or the calls find nothing to do.
            try await fleet.store.registerAndStart()
            try await foreign.plant(in: fleet)
            var noticed: Set<String> = []
            for call in StoreCalls.all {
                let started = ContinuousClock.now
                do {
                    try await call.run(fleet.store)
                } catch let error as StoreError {
                    // Others are answers: there is no such instance, the worker is not known.
                    guard error.code == .corrupt else {
                        #expect(
                            error.code != .outcomeUnknown && error.code != .unavailable,
                            "\(foreign), \(call.name): \(error)"
                        )
                        continue
                    }
                    noticed.insert(call.name)
                    #expect(error.message.contains(fleet.key(foreign.name)), "\(foreign), \(call.name): \(error)")
                    #expect(error.message.contains("delete or rename"), "\(foreign), \(call.name): \(error)")
                }
                #expect(ContinuousClock.now - started < .seconds(6), "\(call.name) went on trying")
                // Whatever a call deleted, as one that ends an instance does, was not ours: the others shall meet it too.
                try await foreign.plant(in: fleet)
            }
            let wanted = Self.noticing[foreign.name] ?? []
            #expect(noticed.isSuperset(of: wanted), "\(foreign) noticed by \(noticed.sorted())")

            try await foreign.remove(from: fleet)
            try await fleet.worksAgain()
        }
    }
}

extension WorkflowStore {
    fileprivate func registerAndStart() async throws {
        _ = try await beat(StoreCalls.registration, isFirst: true)
        let start = InstanceStart(instance: "neighbour", workflow: "Echo", input: .none)
        _ = try await self.start(start)
    }
}

extension HostileFleet {
    /// New work is done, and after a repair nothing is found.
    func worksAgain() async throws {
        try await withWorker(Everything.components) {
            let handle = try await client.start(Everything.self, "new", id: "new")
            try await handle.signal(Everything.go, "work")
            let result = try await handle.result()
            #expect(result == "NEW work")
            _ = try await audit(repair: true)
            try await eventually("the audit finds nothing more") {
                _ = try await store.tick(by: "nobody")
                return try await audit(repair: true).filter { $0.instance != "victim" && $0.instance != "neighbour" }
                    .isEmpty
            }
        }
    }
}
