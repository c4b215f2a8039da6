internal import Aloft

/// What a tester does itself at later moments; at the same moment in the order in which it was added.
struct TesterAgenda: Sendable {
    enum Item: Sendable {
        case callback(Callback)
        /// An attempt at an activity that takes time has come to its end.
        case outcome(ActivityTask, ActivityOutcome)
    }

    struct Callback: Sendable {
        var location: String
        var body: @Sendable (WorkflowTester) async throws -> Void
    }

    private var entries: [(moment: Timestamp, item: Item)] = []

    /// The moment of the first item.
    var next: Timestamp? { entries.first?.moment }

    mutating func add(_ item: Item, at moment: Timestamp) {
        let index = entries.firstIndex { $0.moment > moment } ?? entries.endIndex
        entries.insert((moment, item), at: index)
    }

    /// Takes the first item if its time has come.
    mutating func popFirst(upTo now: Timestamp) -> Item? {
        guard let first = entries.first, first.moment <= now else { return nil }
        return entries.removeFirst().item
    }
}
