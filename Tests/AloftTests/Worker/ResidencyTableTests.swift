import Aloft
import Logging
import Testing

@Suite struct ResidencyTableTests {
    private static func execution(_ instance: InstanceID) -> Execution {
        Execution(
            blueprint: WorkflowBlueprint(SequenceTests.Chain.self, coder: PayloadCoder()),
            instance: instance,
            execution: "execution-1",
            coder: PayloadCoder(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func task(_ instance: InstanceID, _ entry: String = "1") -> ResidencyTable.Work {
        .task(WorkflowTask(instance: instance, execution: "execution-1", receipt: .init(place: "queue", entry: entry)))
    }

    private static func outcome(_ instance: InstanceID, _ command: Int = 1) -> ResidencyTable.Work {
        let scheduled = EventBody.ActivityScheduled(
            command: CommandID(command),
            name: "double",
            queue: nil,
            input: .none,
            retry: .default
        )
        let task = ActivityTask(
            instance: instance,
            execution: "execution-1",
            scheduled: scheduled,
            queue: .default,
            lease: ActivityLease(),
            receipt: nil
        )
        return .outcome(task, .completed(.none))
    }

    /// The table by reference: expectations do not call mutating methods.
    private final class Table {
        private var table: ResidencyTable

        init(limit: Int) { table = ResidencyTable(limit: limit) }

        var residentCount: Int { table.residentCount }
        var orderLength: Int { table.orderLength }
        func submit(_ work: ResidencyTable.Work, for instance: InstanceID) -> Bool { table.submit(work, for: instance) }
        func submitIfPresent(_ work: ResidencyTable.Work, for instance: InstanceID) -> Bool? {
            table.submitIfPresent(work, for: instance)
        }
        func next(_ instance: InstanceID) -> (work: [ResidencyTable.Work], execution: Execution?)? {
            table.next(instance)
        }
        func put(_ execution: Execution?, for instance: InstanceID) { table.put(execution, for: instance) }
        func takeSurplus() -> [Execution] { table.takeSurplus() }
        func takeAll() -> [Execution] { table.takeAll() }
    }

    /// The work that is handed out, in words.
    private static func next(_ table: Table, _ instance: InstanceID) -> [String]? {
        table.next(instance)?.work.map { work in
            switch work {
            case .task(let task): "task \(task.receipt.entry)"
            case .outcome(let task, _): "outcome \(task.scheduled.command)"
            case .foreignJob: "foreign job"
            }
        }
    }

    /// Moves an instance once and leaves it in memory.
    private static func settle(_ table: Table, _ instance: InstanceID) {
        #expect(table.submit(task(instance), for: instance))
        let execution = table.next(instance)?.execution ?? execution(instance)
        table.put(execution, for: instance)
        #expect(table.next(instance) == nil)
    }

    /// Whoever submits first moves the instance; work that comes meanwhile is handed out together.
    @Test func movedByOneAtATime() {
        let table = Table(limit: 10)
        #expect(table.submit(Self.task("a"), for: "a"))
        #expect(Self.next(table, "a") == ["task 1"])
        #expect(!table.submit(Self.outcome("a", 1), for: "a"))
        #expect(!table.submit(.foreignJob, for: "a"))
        #expect(!table.submit(Self.outcome("a", 2), for: "a"))
        table.put(Self.execution("a"), for: "a")
        #expect(Self.next(table, "a") == ["outcome 1", "foreign job", "outcome 2"])
        #expect(Self.next(table, "a") == nil)
        #expect(table.submit(Self.task("a"), for: "a"))
    }

    /// A step takes one task, since one transition answers one; the others follow, in order.
    @Test func atMostOneTaskAtATime() {
        let table = Table(limit: 10)
        #expect(table.submit(Self.task("a", "1"), for: "a"))
        #expect(!table.submit(Self.task("a", "2"), for: "a"))
        #expect(!table.submit(Self.outcome("a", 5), for: "a"))
        #expect(!table.submit(Self.task("a", "3"), for: "a"))
        #expect(Self.next(table, "a") == ["task 1", "outcome 5"])
        table.put(nil, for: "a")
        #expect(Self.next(table, "a") == ["task 2"])
        #expect(Self.next(table, "a") == ["task 3"])
        #expect(Self.next(table, "a") == nil)
    }

    /// The execution is handed out with the work and is nowhere else meanwhile.
    @Test func executionIsHandedOut() throws {
        let table = Table(limit: 10)
        let execution = Self.execution("a")
        #expect(table.submit(Self.task("a"), for: "a"))
        #expect(try #require(table.next("a")).execution == nil)
        table.put(execution, for: "a")
        #expect(table.residentCount == 1)
        #expect(table.next("a") == nil)
        #expect(table.submit(Self.outcome("a"), for: "a"))
        #expect(table.residentCount == 1)
        #expect(try #require(table.next("a")).execution === execution)
        #expect(table.residentCount == 0)
        table.put(nil, for: "a")
        #expect(table.next("a") == nil)
        // It is not in memory any more, nor is its name.
        #expect(table.submitIfPresent(Self.outcome("a"), for: "a") == nil)
    }

    @Test func submitIfPresent() {
        let table = Table(limit: 10)
        #expect(table.submitIfPresent(Self.outcome("a"), for: "a") == nil)
        Self.settle(table, "a")
        #expect(table.submitIfPresent(Self.outcome("a"), for: "a") == true)
        #expect(table.submitIfPresent(Self.outcome("a"), for: "a") == false)
        #expect(Self.next(table, "a")?.count == 2)
        // Being moved counts as present.
        #expect(table.submitIfPresent(Self.outcome("a"), for: "a") == false)
    }

    /// Those that were used least recently leave first, and none that is being moved.
    @Test func surplusLeavesByUse() {
        let table = Table(limit: 2)
        for name in ["a", "b", "c", "d"] { Self.settle(table, InstanceID(name)) }
        Self.settle(table, "a")
        #expect(table.submit(Self.task("b"), for: "b"))
        #expect(table.takeSurplus().map(\.instance) == ["c", "d"])
        #expect(table.residentCount == 2)
        #expect(table.takeSurplus().isEmpty)
        #expect(table.submitIfPresent(Self.outcome("c"), for: "c") == nil)
        #expect(table.submitIfPresent(Self.outcome("b"), for: "b") == false)
    }

    /// One that was busy when its turn came has kept its place in the order.
    @Test func busyOnesKeepTheirPlace() {
        let table = Table(limit: 1)
        for name in ["a", "b", "c"] { Self.settle(table, InstanceID(name)) }
        #expect(table.submit(Self.task("a"), for: "a"))
        #expect(table.takeSurplus().map(\.instance) == ["b", "c"])
        let execution = table.next("a")?.execution
        table.put(execution, for: "a")
        #expect(table.next("a") == nil)
        Self.settle(table, "d")
        #expect(table.takeSurplus().map(\.instance) == ["a"])
    }

    /// Unloading everything also holds for what is being moved at that moment: it is surplus when its step ends.
    ///
    /// It used to come back into memory for good.
    @Test func nothingComesBackAfterTakeAll() {
        let table = Table(limit: 10)
        Self.settle(table, "a")
        Self.settle(table, "b")
        #expect(table.submit(Self.task("b"), for: "b"))
        let moving = table.next("b")?.execution
        #expect(table.takeAll().map(\.instance) == ["a"])
        table.put(moving, for: "b")
        #expect(table.next("b") == nil)
        #expect(table.takeSurplus().map(\.instance) == ["b"])
        #expect(table.residentCount == 0)
    }

    /// The order of use forgets what no longer counts.
    @Test func orderStaysShort() {
        let table = Table(limit: 10)
        for round in 0..<10_000 {
            Self.settle(table, InstanceID("\(round % 3)"))
            _ = table.takeSurplus()
        }
        #expect(table.residentCount == 3)
        #expect(table.orderLength <= 65)
    }

    /// Whatever happens, an execution is in one place: handed out, in memory or unloaded.
    @Test(arguments: 0..<20)
    func nothingIsLost(seed: Int) {
        var random = SeededGenerator(seed: "residency \(seed)")
        let table = Table(limit: 3)
        var resident: Set<InstanceID> = []
        var moving: [InstanceID: Execution?] = [:]
        var submitted = 0
        var handedOut = 0
        for _ in 0..<2_000 {
            let instance = InstanceID("\(Int.random(in: 0..<8, using: &random))")
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                submitted += 1
                if table.submit(Self.task(instance), for: instance) {
                    #expect(moving[instance] == nil)
                    moving[instance] = .some(nil)
                }
            case 1:
                if let isStarting = table.submitIfPresent(Self.outcome(instance), for: instance) {
                    submitted += 1
                    #expect(resident.contains(instance) || moving[instance] != nil)
                    if isStarting { moving[instance] = .some(nil) }
                } else {
                    #expect(!resident.contains(instance) && moving[instance] == nil)
                }
            case 2:
                guard moving[instance] != nil else { continue }
                guard let (work, execution) = table.next(instance) else {
                    moving[instance] = nil
                    continue
                }
                handedOut += work.count
                #expect((execution != nil) == resident.contains(instance))
                let isKept = Bool.random(using: &random)
                resident.remove(instance)
                table.put(isKept ? execution ?? Self.execution(instance) : nil, for: instance)
                if isKept { resident.insert(instance) }
            default:
                for execution in table.takeSurplus() {
                    #expect(resident.remove(execution.instance) != nil)
                    #expect(moving[execution.instance] == nil)
                }
                #expect(table.residentCount <= max(3, moving.count))
            }
            #expect(table.residentCount == resident.count)
        }
        for instance in moving.keys {
            while let next = table.next(instance) { handedOut += next.work.count }
        }
        #expect(submitted == handedOut)
    }
}
