internal import AloftCore
internal import Testing

// What was done by hand.
extension StoreConformance {
    static let operatorLog: [Check] = [
        Check("what was done by hand is kept, the last first") { bench in
            let log = try #require(bench.store as? any OperatorLog)
            #expect(try await log.lastActions(10).isEmpty)
            let first = OperatorAction(
                moment: bench.store.now,
                who: "ada",
                from: "host",
                action: "cancel",
                subject: "a\u{301}"
            )
            let second = OperatorAction(
                moment: bench.store.now,
                who: "grace",
                from: "",
                action: "remove many",
                subject: "3 instances",
                isAboutOne: false,
                outcome: "instance finished",
                isFailure: true
            )
            try await log.note(first)
            try await log.note(second)
            #expect(try await log.lastActions(10) == [second, first])
            #expect(try await log.lastActions(1) == [second])
            #expect(try await log.lastActions(0).isEmpty)
        },
        Check("of what was done by hand the last thousand are kept, and long texts are cut") { bench in
            let log = try #require(bench.store as? any OperatorLog)
            var action = OperatorAction(moment: bench.store.now, who: "ada", from: "", action: "cancel", subject: "")
            for number in 1...1_005 {
                action.subject = "\(number)"
                try await log.note(action)
            }
            let kept = try await log.lastActions(.max)
            #expect(kept.count == 1_000 && kept.first?.subject == "1005" && kept.last?.subject == "6")
            action.outcome = String(repeating: "x", count: 5_000)
            try await log.note(action)
            #expect(try await log.lastActions(1).first?.outcome.utf8.count ?? 0 < 1_010)
        },
    ]
}
