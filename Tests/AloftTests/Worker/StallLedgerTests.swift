import Aloft
import Testing

/// When workflow code is said to hold its thread.
@Suite struct StallLedgerTests {
    private let start = SuspendingClock.now

    private func at(_ milliseconds: Int) -> SuspendingClock.Instant { start + .milliseconds(milliseconds) }

    @Test("What holds its thread for longer than the limit is told once, what ends in time is not")
    func stalled() {
        var ledger = StallLedger(limit: .milliseconds(400))
        #expect(ledger.interval == .milliseconds(100))
        _ = ledger.look(at: at(0))
        _ = ledger.enter("stalls", nil, at: at(50))
        let ticket = ledger.enter("ends", nil, at: at(50))
        for look in 1...4 { #expect(ledger.look(at: at(100 * look)).isEmpty) }
        ledger.leave(ticket)
        #expect(ledger.look(at: at(500)).map(\.instance) == ["stalls"])
        for look in 6...20 { #expect(ledger.look(at: at(100 * look)).isEmpty, "once") }
    }

    @Test("A process that stood still is not taken for code that did")
    func paused() {
        var ledger = StallLedger(limit: .milliseconds(400))
        _ = ledger.look(at: at(0))
        let ticket = ledger.enter("healthy", nil, at: at(50))
        _ = ledger.look(at: at(100))
        // Stopped for an hour, and for another one right after the first look.
        #expect(ledger.look(at: at(3_600_000)).isEmpty)
        #expect(ledger.look(at: at(7_200_000)).isEmpty)
        ledger.leave(ticket)
        _ = ledger.enter("stalls", nil, at: at(7_200_000))
        for look in 1...4 { #expect(ledger.look(at: at(7_200_000 + 100 * look)).isEmpty) }
        #expect(ledger.look(at: at(7_200_500)).map(\.instance) == ["stalls"])
    }
}
