import AloftCore
import Testing

/// What an execution waits for, in few bytes.
@Suite struct WaitSummaryTests {
    static let file = "Shop/Orders.swift"

    @Test("What fits comes back as it was")
    func roundTrip() throws {
        for kind in Wait.Kind.allCases {
            let due = kind == .timer ? Timestamp(milliseconds: 1_700_000_000_123) : nil
            let wait = Wait(kind, "charge", command: CommandID(7), due: due, fileID: Self.file, line: 42)
            let summary = WaitSummary([wait])
            #expect(summary.waits == [wait] && summary.further == 0)
            #expect(try WaitSummary(encoded: summary.encoded[...]) == summary)
        }
        #expect(WaitSummary().encoded == [])
        #expect(try WaitSummary(encoded: []).isEmpty)
    }

    @Test("Alike waits are one, with their number and the earliest due time")
    func alike() {
        let resizes = (1...1_000).map { Wait(.activity, "resize", command: CommandID($0), fileID: Self.file, line: 9) }
        #expect(WaitSummary(resizes).waits.map(\.text) == ["1000 × activity resize at Shop/Orders.swift:9"])
        #expect(WaitSummary(resizes).waits.first?.command == CommandID(1))
        // Some of them stand for many.
        let many = Wait(.activity, "resize", command: CommandID(1), count: 993, fileID: Self.file, line: 9)
        #expect(WaitSummary([many] + resizes.prefix(7)).waits.map(\.count) == [1_000])
        let timers = [90, 30, 60].map {
            Wait(.timer, "t", due: Timestamp(milliseconds: $0), fileID: Self.file, line: 1)
        }
        #expect(WaitSummary(timers).waits.first?.due == Timestamp(milliseconds: 30))
        // Of one name at two places.
        let places = [1, 2].map { Wait(.signal, "go", fileID: "A.swift", line: $0) }
        #expect(WaitSummary(places).waits == places)
    }

    @Test("Whatever they are called, they take 64 bytes at most; what finds no room is counted")
    func bounded() throws {
        let names = [
            "a", "é", "🐦", "long-name", String(repeating: "x", count: 300), String(repeating: "🏴‍☠️", count: 90), "",
        ]
        let files = [Self.file, "", String(repeating: "m/", count: 99), String(repeating: "ü", count: 200) + ".swift"]
        for name in names {
            for file in files {
                for count in [1, 2, 5, 400] {
                    let waits = (0..<count).map {
                        Wait(.signal, name, command: CommandID(.max), fileID: file, line: $0 % 3 == 0 ? .max : $0)
                    }
                    let summary = WaitSummary(waits)
                    #expect(summary.encoded.count <= WaitSummary.maximumBytes)
                    #expect(summary.waits.reduce(0) { $0 + $1.count } + summary.further == count)
                    #expect(!summary.waits.isEmpty)
                    let read = try WaitSummary(encoded: summary.encoded[...])
                    #expect(read.waits.map(\.subject) == summary.waits.map(\.subject))
                    #expect(read.further == summary.further)
                }
            }
        }
        let long = Wait(.activity, "Warehouse.reserveEverythingThereIsForTheCustomer", fileID: Self.file, line: 42)
        #expect(
            WaitSummary([long]).waits.first?.text
                == "activity Warehouse.reserveEverythingThereIsForT… at Orders.swift:42"
        )
    }

    @Test("Bytes from elsewhere are refused, and never trap")
    func foreign() {
        #expect(throws: EventCodingError.formatTooNew(found: 9, known: 1)) { try WaitSummary(encoded: [9, 0]) }
        #expect(throws: EventCodingError.truncated) { try WaitSummary(encoded: [1, 0, 1, 0, 1]) }
        #expect(throws: EventCodingError.self) { try WaitSummary(encoded: [1, 0, 99, 0, 1, 0, 0, 0]) }
        for seed in 0..<5_000 {
            var value = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
            let bytes = (0..<(seed % 80)).map { _ -> UInt8 in
                value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: value >> 56) & (seed % 2 == 0 ? 7 : 255)
            }
            _ = try? WaitSummary(encoded: ([1] + bytes)[...])
        }
    }
}
