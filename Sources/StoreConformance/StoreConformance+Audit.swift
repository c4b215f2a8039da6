internal import AloftCore
internal import Testing

// What a store finds out about itself.
extension StoreConformance {
    static let audits: [Check] = [
        Check("an audit looks at every instance, and where all is well it finds nothing and changes nothing") { bench in
            let worker = try await bench.worker()
            let running = try await bench.begin(by: worker) {
                $0.scheduling(1, eager: true).scheduling(2).scheduling(3, on: "unserved")
            }
            try await bench.signal("one", to: running.instance)
            _ = try await bench.parent(by: worker)
            try await bench.start { $0.moment = .after(.seconds(3600)) }
            try await bench.start {
                $0.queue = "unserved"
                $0.executionTimeout = .seconds(3600)
            }
            let before = try await bench.store.instanceCounts()
            for repair in [false, true] {
                var looked = 0
                var cursor: AuditCursor?
                repeat {
                    let report = try await bench.store.audit(after: cursor, limit: 1, repair: repair)
                    #expect(report.findings == [])
                    looked += report.instances
                    cursor = report.next
                } while cursor != nil
                // While keys come and go one may be looked at twice.
                #expect(looked >= 5)
            }
            #expect(try await bench.store.instanceCounts() == before)
        },
        Check("one of all who ask is to audit, until the interval has passed", .shortLease) { bench in
            let interval = bench.subject.times.lease
            #expect(try await bench.store.claimAudit(by: "one", every: interval))
            #expect(try await !bench.store.claimAudit(by: "two", every: .seconds(3600)))
            #expect(try await !bench.store.claimAudit(by: "one", every: .seconds(3600)))
            try await bench.pass(interval + bench.step)
            #expect(try await bench.store.claimAudit(by: "two", every: .seconds(3600)))
            #expect(try await !bench.store.claimAudit(by: "one", every: interval))
        },
        Check("who audits for longer than the interval keeps the others from it, and nobody else does", .shortLease) {
            bench in
            let interval = bench.subject.times.lease
            #expect(try await !bench.store.renewAudit(by: "one", every: interval), "it was not told to")
            #expect(try await bench.store.claimAudit(by: "one", every: interval))
            #expect(try await bench.store.renewAudit(by: "one", every: .seconds(3600)))
            try await bench.pass(interval + bench.step)
            #expect(try await !bench.store.claimAudit(by: "two", every: interval))
            #expect(try await !bench.store.renewAudit(by: "two", every: interval))
            #expect(try await bench.store.renewAudit(by: "one", every: interval))
            try await bench.pass(interval + bench.step)
            #expect(try await !bench.store.renewAudit(by: "one", every: interval), "its turn is over")
            #expect(try await bench.store.claimAudit(by: "two", every: .seconds(3600)))
            #expect(try await !bench.store.renewAudit(by: "one", every: interval))
        },
    ]
}
