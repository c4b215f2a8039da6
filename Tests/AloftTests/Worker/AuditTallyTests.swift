import Aloft
import AloftCore
import Testing

@Suite struct AuditTallyTests {
    /// However much is lost, what is kept of it is bounded, and what two steps came upon counts once.
    @Test func findingsAreCounted() {
        var tally = AuditTally()
        let lost = (0..<3_000).map { number in
            AuditFinding(.lostTask, InstanceID("order-\(number)"), "it is in no queue", isRepaired: number < 2_000)
        }
        tally.add(lost)
        tally.add(Array(lost.prefix(AuditTally.most)))
        tally.add([AuditFinding(.orphan, nil, "b"), AuditFinding(.orphan, nil, "a"), AuditFinding(.orphan, nil, "b")])
        #expect(tally.entries.count == 2)
        #expect(tally.entries[.lostTask]?.count == 3_000)
        #expect(tally.entries[.lostTask]?.repaired == 2_000)
        #expect(tally.entries[.lostTask]?.example == lost[0].description)
        // There is no room any more to tell these apart.
        #expect(tally.entries[.orphan]?.count == 3)
        #expect(tally.entries[.orphan]?.example == "orphan: a")
    }
}
