import AloftCore
import AloftInsight
import Testing

@Suite("Moments") struct MomentTests {
    @Test(
        "are written in ISO 8601 with milliseconds, in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_767_225_600_000, "2026-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_868_800_001, "2000-03-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func written(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).moment.description == text)
        #expect(Moment(text)?.timestamp.milliseconds == milliseconds)
    }

    @Test("are read as browsers and people write them")
    func read() {
        let start = Moment("2026-11-23T16:05:00.000Z")
        #expect(start != nil)
        for text in ["2026-11-23T16:05", "2026-11-23T16:05:00", "2026-11-23T16:05Z", "2026-11-23 16:05:00"] {
            #expect(Moment(text) == start)
        }
        #expect(Moment("2026-11-23")?.description == "2026-11-23T00:00:00.000Z")
    }

    @Test(
        "that do not exist are not read",
        arguments: [
            "", "now", "2026-13-01", "2026-02-29", "2026-11-31", "2026-11-23T24:00", "2026-11-23T16:60",
            "2026-11-23T16:05:61", "2026-11-23T16:05:00.1Z", "2026-11-23T16:05+01:00", "26-11-23", "2026-11-23T16:05Zx",
        ]
    )
    func refused(_ text: String) { #expect(Moment(text) == nil) }

    @Test("survive JSON, and bad ones are errors")
    func coded() throws {
        let moment = Timestamp(milliseconds: 1_767_225_600_123).moment
        let bytes = try InsightJSON.encode([moment])
        #expect(String(decoding: bytes, as: UTF8.self) == "[\"2026-01-01T00:00:00.123Z\"]")
        #expect(try InsightJSON.decode([Moment].self, from: bytes) == [moment])
        #expect(throws: DecodingError.self) { try InsightJSON.decode([Moment].self, from: "[\"soon\"]".utf8) }
    }
}
