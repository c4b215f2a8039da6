import Aloft
import Testing

/// What a worker can be given, and what of it is called how.
@Suite struct RegistrationTests {
    /// As `@Activities` writes it: the language is tested without the macro too.
    struct Warehouse: ActivityContainer {
        static let reserve = ActivityReference<Reserve, Int>("Warehouse.reserve")
        static let ping = ActivityReference<Void, Void>("Warehouse.ping")
        static let count = ActivityReference<String, Int>("count-items")

        struct Reserve: Codable, Sendable {
            var item: String
            var pieces: Int
        }

        let stock: [String: Int]

        var activityMethods: [ActivityMethod] {
            [
                ActivityMethod(Self.reserve, method: "reserve(_:pieces:)") { _, input in
                    (stock[input.item] ?? 0) - input.pieces
                },
                ActivityMethod(Self.ping, method: "ping()") { _, _ in },
                ActivityMethod(Self.count, method: "count(_:)") { _, item in stock[item] ?? 0 },
            ]
        }

        struct Stub: ActivityStub {
            let caller: ActivityCaller
            init(_ caller: ActivityCaller) { self.caller = caller }

            func reserve(
                _ item: String,
                pieces: Int,
                fileID: StaticString = #fileID,
                line: UInt = #line
            ) async throws -> Int {
                let input = Reserve(item: item, pieces: pieces)
                return try await caller.call(Warehouse.reserve, input, fileID: fileID, line: line)
            }

            func ping(fileID: StaticString = #fileID, line: UInt = #line) async throws {
                try await caller.call(Warehouse.ping, (), fileID: fileID, line: line)
            }

            func count(_ item: String, fileID: StaticString = #fileID, line: UInt = #line) async throws -> Int {
                try await caller.call(Warehouse.count, item, fileID: fileID, line: line)
            }
        }
    }

    struct Shopping: Workflow {
        func run(_ context: WorkflowContext, _ item: String) async throws -> [Int] {
            let warehouse = context.activities(Warehouse.self)
            try await warehouse.ping()
            return try await [warehouse.count(item), warehouse.reserve(item, pieces: 2)]
        }
    }

    struct Telling: Workflow {
        static let name = "tell"
        static let told = Signal<String>("told")
        func run(_ context: WorkflowContext, _ listener: InstanceID) async throws {
            try await context.signal(listener, Self.told, "told")
        }
    }

    struct Listening: Workflow {
        func run(_ context: WorkflowContext) async throws -> String { try await context.receive(Telling.told) }
    }

    @Test("The activities of a container: several inputs, one, none; names that are set", arguments: Setup.all)
    func container(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Shopping.self
            Warehouse(stock: ["nut": 7])
        } body: { fleet in
            let handle = try await fleet.client.start(Shopping.self, "nut")
            #expect(try await handle.result() == [7, 5])
            let names = try await handle.history().compactMap { event -> String? in
                guard case .activityScheduled(let scheduled) = event.body else { return nil }
                return scheduled.name
            }
            #expect(names == ["Warehouse.ping", "count-items", "Warehouse.reserve"])
        }
    }

    @Test(
        "Workflows with an input and no output, and the other way round, under a name that is set",
        arguments: Setup.all
    )
    func workflows(_ setup: Setup) async throws {
        try await withFleet(setup) {
            Telling.self
            Listening.self
        } body: { fleet in
            let listening = try await fleet.client.start(Listening.self)
            let byName = WorkflowReference<InstanceID, Void>("tell")
            try await fleet.client.start(byName, listening.instance).result()
            #expect(try await listening.result() == "told")
        }
    }
}
