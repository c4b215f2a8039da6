import AloftCore
import AloftTesting
import Testing

@testable import AloftInsight

@Suite("What an instance waits for") struct WaitTests {
    private static let now = Timestamp(milliseconds: 1_767_225_600_000)
    private static let file = "Shop/Orders.swift"

    private static func state(_ waits: [Wait], status: InstanceStatus = .running) -> InstanceState {
        InstanceState(
            instance: "order-1",
            execution: "x",
            workflow: "Order",
            queue: "orders",
            status: status,
            historyLength: 9,
            createdAt: now,
            waits: WaitSummary(waits)
        )
    }

    private static func charge(_ command: Int, _ position: PendingActivity.Position = .queued, attempt: Int = 1)
        -> PendingActivityView
    {
        var pending = PendingActivity(
            command: CommandID(command),
            name: "Payments.charge",
            queue: "orders",
            attempt: attempt,
            position: position
        )
        if attempt > 1 { pending.lastFailure = Failure(type: "CardDeclined", message: "no funds\u{1b}[2J") }
        return PendingActivityView(pending)
    }

    private static func view(_ waits: [Wait], _ pending: [PendingActivityView]? = nil) -> InstanceView {
        InstanceView(state(waits), pending: pending, now: now)
    }

    @Test("is told with its place in the code, its attempt and its last error, in one sentence")
    func sentence() {
        let wait = Wait(.activity, "Payments.charge", command: CommandID(1), fileID: Self.file, line: 42)
        let retrying = Self.charge(1, .retrying(at: Self.now + .seconds(12)), attempt: 3)
        let view = Self.view([wait], [retrying])
        #expect(view.waits.map(\.location) == ["Shop/Orders.swift:42"])
        #expect(
            view.waitText
                == "Orders.swift:42 waits for Payments.charge, attempt 3, next in 12 s, "
                + "last error: CardDeclined: no funds\\u{1B}[2J"
        )
        #expect(Self.view([wait]).waitText == "Orders.swift:42 waits for Payments.charge")
    }

    @Test("can be an activity whose end the code has not been told yet")
    func ended() {
        let wait = Wait(.activity, "Payments.charge", command: CommandID(1), fileID: Self.file, line: 42)
        #expect(Self.view([wait], []).waits.map(\.detail) == ["which has ended; goes on with its next task"])
    }

    @Test("can be anything, in the order in which the code came to wait")
    func kinds() {
        let waits = [
            Wait(.signal, "approval", fileID: "A.swift", line: 1), Wait(.condition, fileID: "A.swift", line: 2),
            Wait(.timer, "t", due: Self.now + .seconds(90), fileID: "A.swift", line: 3),
        ]
        #expect(
            Self.view(waits).waits.map(\.text) == [
                "A.swift:1 waits for signal approval", "A.swift:2 waits for a condition",
                "A.swift:3 waits for timer t, fires in 1 min 30 s",
            ]
        )
        #expect(Self.view(waits).waitText == "A.swift:1 waits for signal approval; and 2 more")
        #expect(Self.view([Wait(.other, "a task")]).waitText == "waits for a task")
    }

    @Test("names each of some activities alike, and gathers many")
    func many() {
        let wait = Wait(.activity, "Payments.charge", command: CommandID(1), count: 3, fileID: "A.swift", line: 1)
        let three = (1...3).map { Self.charge($0) }
        #expect(Self.view([wait], three).waits.map(\.command) == [1, 2, 3])
        #expect(Self.view([wait], three).waits.allSatisfy { $0.count == 1 && $0.location == "A.swift:1" })

        var more = wait
        more.count = 30
        let thirty = (1...30).map { $0 < 29 ? Self.charge($0, .running("w")) : Self.charge($0, attempt: 2) }
        let view = Self.view([more], thirty)
        #expect(view.waits.map(\.count) == [30])
        #expect(
            view.waitText
                == "A.swift:1 waits for 30 × Payments.charge, 28 running, 2 queued, "
                + "last error: CardDeclined: no funds\\u{1B}[2J"
        )
    }

    private static func row(_ kind: TimelineRow.Kind, _ command: Int, name: String, to instance: String? = nil)
        -> TimelineRow
    {
        var row = TimelineRow(kind: kind, name: name, command: command, event: command, from: now.moment)
        row.instance = instance
        if kind == .timer { row.due = (now + .seconds(command)).moment }
        return row
    }

    @Test("tells of each thing once, whether its state or its history has it")
    func once() {
        let delivery = Wait(.delivery, "go to b", command: CommandID(4), count: 2, fileID: "A.swift", line: 1)
        let child = Wait(.subWorkflow, "Child (c-1)", command: CommandID(7), fileID: "A.swift", line: 2)
        let rows = [
            Self.row(.outgoingSignal, 4, name: "go", to: "b"), Self.row(.outgoingSignal, 5, name: "go", to: "b"),
            Self.row(.outgoingSignal, 6, name: "go", to: "c"), Self.row(.subWorkflow, 7, name: "Child", to: "c-1"),
            Self.row(.subWorkflow, 8, name: "Child", to: "c-2"),
        ]
        var finder = WaitFinder(Self.state([delivery, child]), pending: [], open: rows, now: Self.now)
        #expect(
            finder.find().map(\.text) == [
                "A.swift:1 waits for 2 × the delivery of signal go", "A.swift:2 waits for sub-workflow Child (c-1)",
                "waits for the delivery of signal go", "waits for sub-workflow Child (c-2)",
            ]
        )
    }

    @Test("gathers many sub-workflows and timers of one name")
    func gathered() {
        let children = (1...40).map { Self.row(.subWorkflow, $0, name: "Child", to: "c-\($0)") }
        let timers = (41...70).map { Self.row(.timer, $0, name: "patience") }
        var finder = WaitFinder(
            Self.state([]),
            pending: [],
            open: children + timers + [Self.row(.timer, 71, name: "t")],
            now: Self.now
        )
        #expect(
            finder.find().map(\.text) == [
                "waits for 40 × sub-workflow Child", "waits for 30 × timer patience, fires in 41 s",
                "waits for timer t, fires in 1 min 11 s",
            ]
        )
    }

    @Test("says how much more there is than its state has room for")
    func further() {
        let names = (1...9).map { String(repeating: "\($0)", count: 20) }
        let view = Self.view(names.map { Wait(.signal, $0) })
        #expect(view.waits.first?.name == names[0])
        let told = view.waits.count - 1
        #expect(view.waits.last?.text == "waits for \(9 - told) more things")
    }

    @Test("is nothing once it has ended")
    func over() {
        let state = Self.state([Wait(.signal, "approval")], status: .completed)
        #expect(InstanceView(state, now: Self.now).waits.isEmpty)
        #expect(InstanceView(state, now: Self.now).waitText == nil)
    }

    @Test("is in lists, with how its activities fare")
    func lists() async throws {
        let stage = try await Stage()
        let wait = Wait(.activity, "Charge", command: CommandID(1), fileID: Self.file, line: 7)
        try await stage.retrying("order-1", waits: WaitSummary([wait]))
        try await stage.start("order-2")
        stage.clock.advance(by: .seconds(60))
        let list = try await Insight(stage.store).instances()
        #expect(
            list.instances.map(\.waitText) == [
                nil, "Orders.swift:7 waits for Charge, attempt 2, next in 59 min, last error: CardDeclined: no funds",
            ]
        )
        let report = try await Insight(stage.store).report(of: "order-1")
        #expect(report.instance.waits == list.instances[1].waits)
    }
}
