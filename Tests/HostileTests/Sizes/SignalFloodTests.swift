import Aloft
import AloftRedis
import RedisClient
import Testing

/// More signals to one instance than it takes at a time.
@Suite("A flood of signals") struct SignalFloodTests {
    /// Counts signals, and continues as new before its history gets long.
    struct Counts: Workflow {
        static let signal = Signal<Int>("signal")

        struct Progress: Codable, Sendable {
            var wanted: Int
            var seen = 0
            var sum = 0
        }

        func run(_ context: WorkflowContext, _ progress: Progress) async throws -> Progress {
            var progress = progress
            while progress.seen < progress.wanted {
                progress.sum += try await context.receive(Self.signal)
                progress.seen += 1
                if context.historyLength > 2_000 { throw context.continueAsNew(progress) }
            }
            return progress
        }
    }

    @Test(
        "Senders are refused while the inbox is full, memory is bounded, and every signal that was taken arrives once"
    )
    func flood() async throws {
        let (total, limit) = isLong ? (1_000_000, 10_000) : (3_000, 250)
        try await withHostileFleet {
            $0.maximumInboxLength = limit
        } _: { fleet in
            let handle = try await fleet.client.start(Counts.self, .init(wanted: total), id: "one")
            let inbox = RedisArgument(fleet.key("in:one"))
            // Nobody works yet: the limit is where it ends.
            var sent = 0
            var refusal: StoreError?
            while refusal == nil, sent < total {
                do {
                    try await handle.signal(Counts.signal, sent)
                    sent += 1
                } catch let error as StoreError { refusal = error }
            }
            #expect(refusal?.code == .inboxFull)
            #expect(refusal?.message.contains("\(limit)") == true)
            let waiting = try await fleet.integer("LLEN", inbox)
            #expect(waiting == limit && sent == limit - 1)
            let before = try Memory.resident()
            let start = ContinuousClock.now
            let first = sent
            try await fleet.withWorker([.workflow(Counts.self)]) {
                // Several at a time, each as fast as it is let.
                try await withThrowingTaskGroup(of: Int.self) { group in
                    let lanes = 16
                    for lane in 0..<lanes {
                        group.addTask {
                            var refusals = 0
                            for number in stride(from: first + lane, to: total, by: lanes) {
                                while true {
                                    do {
                                        try await handle.signal(Counts.signal, number)
                                        break
                                    } catch let error as StoreError where error.code == .inboxFull {
                                        refusals += 1
                                        try await Task.sleep(for: .milliseconds(2))
                                    }
                                }
                            }
                            return refusals
                        }
                    }
                    let refusals = try await group.reduce(0, +)
                    let result = try await handle.result()
                    #expect(result.seen == total)
                    #expect(result.sum == total * (total - 1) / 2)
                    // What came over is held by nobody any more; a million signals would be some hundred MiB.
                    let growth = try Memory.resident() - before
                    #expect(growth < 300 << 20)
                    if isLong {
                        let memory = try await fleet.run("INFO", "memory").string
                        let peak =
                            memory.split(separator: "\r\n").first { $0.hasPrefix("used_memory_peak_human") } ?? ""
                        print(
                            "\(total) signals in \(ContinuousClock.now - start), \(refusals) refusals, resident "
                                + "\(before >> 20) MiB before, \(try Memory.resident() >> 20) after, Redis \(peak)"
                        )
                    }
                }
            }
            let left = try await fleet.integer("EXISTS", inbox)
            #expect(left == 0)
        }
    }
}
