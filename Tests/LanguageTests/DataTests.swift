import Aloft
import Testing

/// Values behind a codec, and codecs and converters that change while instances are open.
@Suite struct DataTests {
    /// Adds a number to each byte: another number is another key.
    struct Shifted: PayloadCodec {
        let key: UInt8
        var name: String { "shift-\(key)" }
        func encode(_ bytes: [UInt8]) throws -> [UInt8] { bytes.map { $0 &+ key } }
        func decode(_ bytes: [UInt8]) throws -> [UInt8] { bytes.map { $0 &- key } }
    }

    /// JSON under another name, with brackets around it so that it is no JSON.
    struct Bracketed: PayloadConverter {
        let encoding: PayloadEncoding = "bracketed"
        func encode(_ value: any Encodable) throws -> [UInt8] {
            try Array("<".utf8) + JSONPayloadConverter().encode(value) + Array(">".utf8)
        }
        func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
            try JSONPayloadConverter().decode(type, from: Array(bytes.dropFirst().dropLast()))
        }
    }

    /// Writes with the latest of both, and reads all that came before.
    static let latest = PayloadCoder(
        converter: Bracketed(),
        codec: Shifted(key: 2),
        older: [JSONPayloadConverter()],
        olderCodecs: [Shifted(key: 1)]
    )

    struct Declined: Error, Codable { var code: Int }

    struct Everything: Workflow {
        static let next = Signal<String>("next")

        func run(_ context: WorkflowContext, _ text: String) async throws -> [String] {
            var lines = [text, try await context.receive(Self.next)]
            lines.append(try await context.activity(ActivityReference<String, String>("shout"), text))
            lines.append(try await context.subWorkflow(Echo.self, text))
            lines.append(try await context.sideEffect { "noted" })
            lines.append(try await context.receive(Self.next))
            do { try await context.activity(ActivityReference<Void, Void>("fail"), ()) } catch let error
                as ActivityError
            {
                lines.append("\(error.type) \(error.details(Declined.self)?.code ?? -1)")
            }
            return lines
        }
    }

    struct Echo: Workflow {
        func run(_ context: WorkflowContext, _ text: String) async throws -> String { "echo of \(text)" }
    }

    private static let components: [WorkerComponent] = [
        .workflow(Everything.self), .workflow(Echo.self),
        .activity(ActivityFunction("shout") { (text: String) in text.uppercased() }),
        .activity(ActivityFunction<Void, Void>("fail") { throw PermanentError(Declined(code: 7)) }),
    ]

    private static let result = ["a", "one", "A", "echo of a", "noted", "two", "Declined 7"]

    /// The encodings of all values in a history.
    private static func encodings(_ history: [Event]) -> Set<String> {
        var encodings: Set<String> = []
        for event in history {
            switch event.body {
            case .started(let started): encodings.insert(started.input.encoding.rawValue)
            case .signalReceived(_, let payload, _), .activityCompleted(_, let payload),
                .sideEffectRecorded(_, let payload),
                .subWorkflowCompleted(_, let payload), .workflowCompleted(let payload):
                encodings.insert(payload.encoding.rawValue)
            case .activityScheduled(let scheduled): encodings.insert(scheduled.input.encoding.rawValue)
            case .subWorkflowScheduled(let scheduled): encodings.insert(scheduled.input.encoding.rawValue)
            case .activityFailed(_, let failure): encodings.insert(failure.details?.encoding.rawValue ?? "no details")
            default: break
            }
        }
        // Nothing has no bytes, and passes by.
        return encodings.subtracting(["none"])
    }

    @Test("Every value passes through the codec, and names it", arguments: Setup.all)
    func codec(_ setup: Setup) async throws {
        try await withFleet(setup, coder: PayloadCoder(codec: Shifted(key: 1))) { fleet in
            try await fleet.withWorker({ Self.components }) {
                let handle = try await fleet.client.start(Everything.self, "a")
                for text in ["one", "two"] { try await handle.signal(Everything.next, text) }
                #expect(try await handle.result() == Self.result)
                #expect(try Self.encodings(await handle.history()) == ["json;shift-1"])
            }
        }
    }

    @Test(
        "A converter and a codec that are replaced while an instance is open still read what is there",
        arguments: Setup.all
    )
    func change(_ setup: Setup) async throws {
        for (older, encoding) in [(PayloadCoder(), "json"), (PayloadCoder(codec: Shifted(key: 1)), "json;shift-1")] {
            try await withFleet(setup, coder: older) { fleet in
                let before = try await fleet.client.start(Everything.self, "a")
                try await before.signal(Everything.next, "one")
                try await fleet.withWorker({ Self.components }) {
                    try await eventually { try await before.state().historyLength == 7 }
                }
                #expect(try Self.encodings(await before.history()) == [encoding])
                var changed = Fleet(
                    store: fleet.store,
                    client: WorkflowClient(store: fleet.store, coder: Self.latest),
                    setup: setup
                )
                changed.coder = Self.latest
                let after = changed.client.handle(before.instance, of: Everything.self)
                try await changed.withWorker({ Self.components }) {
                    try await after.signal(Everything.next, "two")
                    #expect(try await after.result() == Self.result)
                    #expect(try Self.encodings(await after.history()) == [encoding, "bracketed;shift-2"])
                }
            }
        }
    }

    @Test("A result that a client cannot read is an error that names its codec", arguments: Setup.all)
    func missing(_ setup: Setup) async throws {
        try await withFleet(setup, coder: PayloadCoder(codec: Shifted(key: 1))) { fleet in
            let handle = try await fleet.client.start(Echo.self, "a")
            try await fleet.withWorker({ Self.components }) { _ = try await handle.result() }
            let other = WorkflowClient(store: fleet.store).handle(handle.instance, of: Echo.self)
            let error = await #expect(throws: PayloadError.self) { try await other.result() }
            #expect(error?.message.contains("shift-1") == true)
            #expect(try await handle.result() == "echo of a")
        }
    }
}
