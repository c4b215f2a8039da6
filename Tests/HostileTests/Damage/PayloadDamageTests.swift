import Aloft
import AloftCore
import AloftRedis
import Testing

/// Values that do not decode: the code that wants them gets an error, and nothing else happens.
@Suite("Payloads that do not decode") struct PayloadDamageTests {
    static let payloads: [(name: String, payload: Payload)] = [
        ("no JSON", Payload(bytes: Array("garbage".utf8), encoding: .json)),
        ("no text", Payload(bytes: [0xff, 0xfe], encoding: .json)),
        ("nothing", Payload(bytes: [], encoding: .json)), ("no value", .none),
        ("another type", Payload(bytes: Array("{\"a\":1}".utf8), encoding: .json)),
        ("an unknown encoding", Payload(bytes: [1], encoding: "cbor")),
        ("an unknown codec", Payload(bytes: [1], encoding: "json;aes")),
        ("a separator alone", Payload(bytes: [1], encoding: ";")),
        ("an encoding without a name", Payload(bytes: [1], encoding: "")),
        ("nesting without end", Payload(bytes: [UInt8](repeating: 0x5b, count: 500_000), encoding: .json)),
    ]

    struct Receives: Workflow {
        static let text = Signal<String>("text")

        func run(_ context: WorkflowContext, _ count: Int) async throws -> [String] {
            var texts: [String] = []
            while texts.count < count {
                do { texts.append(try await context.receive(Self.text)) } catch let error as PayloadError {
                    texts.append(error.type)
                }
            }
            return texts
        }
    }

    @Test("A signal: the receiver gets an error and goes on; replayed as well")
    func signals() async throws {
        try await withHostileFleet { fleet in
            for options in [.hasty, WorkerOptions(maximumResidents: 0, problemRetryInterval: .milliseconds(50))] {
                let handle = try await fleet.client.start(Receives.self, Self.payloads.count + 1)
                for (_, payload) in Self.payloads {
                    let signal = EventBody.signalReceived(name: "text", payload)
                    try await fleet.store.deliver(signal, to: handle.instance, execution: nil, id: nil)
                }
                try await handle.signal(Receives.text, "fine")
                try await fleet.withWorker([.workflow(Receives.self)], options) {
                    let result = try await handle.result()
                    #expect(result == Array(repeating: "String", count: Self.payloads.count) + ["fine"])
                }
            }
        }
    }

    @Test("An input: the instance fails with what is wrong")
    func inputs() async throws {
        try await withHostileFleet { fleet in
            for (number, (_, payload)) in Self.payloads.enumerated() {
                let start = InstanceStart(instance: "\(number)", workflow: "Echo", input: payload)
                _ = try await fleet.store.start(start)
            }
            try await fleet.withWorker([.workflow(Echo.self)]) {
                for (number, (name, _)) in Self.payloads.enumerated() {
                    let handle = fleet.client.handle("\(number)", of: Echo.self)
                    let error = await #expect(throws: WorkflowError.self, "\(name)") { try await handle.result() }
                    #expect(error?.type == "PayloadError", "\(name): \(error?.message ?? "")")
                }
            }
        }
    }

    @Test("A result, of an activity and of a workflow: an error for whoever wants it")
    func results() async throws {
        struct Wants: Workflow {
            func run(_ context: WorkflowContext) async throws -> String {
                do {
                    return "\(try await context.activity(ActivityReference<Void, Int>("text"), ()))"
                } catch let error as PayloadError {
                    return error.type
                }
            }
        }
        try await withHostileFleet { fleet in
            let components: [WorkerComponent] = [
                .workflow(Wants.self), .workflow(Echo.self),
                .activity(ActivityFunction<Void, String>("text") { "no number" }),
            ]
            try await fleet.withWorker(components) {
                let result = try await fleet.client.start(Wants.self).result()
                #expect(result == "Int")
                let handle = try await fleet.client.start(WorkflowReference<String, Int>("Echo"), "no number")
                let error = await #expect(throws: PayloadError.self) { try await handle.result() }
                #expect(error?.type == "Int")
                let status = try await handle.status()
                #expect(status == .completed)
            }
        }
    }
}
