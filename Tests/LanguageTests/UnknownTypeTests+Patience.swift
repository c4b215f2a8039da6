import Aloft
import Testing

extension UnknownTypeTests {
    @Test("A worker that meets an unknown workflow says so, leaves it, and goes on with the rest", arguments: Setup.all)
    func noHotLoop(_ setup: Setup) async throws {
        try await withFleet(setup) { fleet in
            var options = setup.options
            options.problemRetryInterval = .seconds(3600)
            let logs = LogRecorder()
            try await fleet.withWorker(options: options, logger: logs.logger) {
                Other.self
            } body: {
                let unknown = try await fleet.client.start(Calls.self, "x")
                try await eventually { try await unknown.state().problem != nil }
                for _ in 0..<20 { try await fleet.client.start(Other.self).result() }
                // Met once, and not again before its time.
                let lines = logs.lines.filter { $0.contains("Calls") }
                #expect(lines.count == 1, "\(lines)")
                #expect(try await unknown.state().problem?.contains("Calls") == true)
            }
        }
    }

    @Test("By default activities wait for a minute, and workflows for ever")
    func patience() {
        #expect(WorkerOptions().unknownActivityLimit == .seconds(60))
        #expect(WorkerOptions().unknownWorkflowLimit == nil)
    }
}
