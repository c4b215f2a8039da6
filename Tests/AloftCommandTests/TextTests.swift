import AloftCore
import AloftInsight
import Testing

@testable import AloftCommand

/// Lines, tables and arguments.
@Suite struct TextTests {
    @Test("a line escapes what would steer a terminal, and colours only where there are colours")
    func styled() {
        let line = Styled("a\u{1b}[2Jb", .red) + " \n"
        #expect(line.rendered(hasColours: false) == "a\\u{1B}[2Jb \\n")
        #expect(line.rendered(hasColours: true) == "\u{1b}[31ma\\u{1B}[2Jb\u{1b}[0m \\n")
        let name = "x\u{202e}y"
        let interpolated: Styled = "name \(name)"
        #expect(interpolated.text == "name x\\u{202E}y")
    }

    @Test(
        "width counts columns, not characters",
        arguments: [
            ("abc", 3), ("é", 1), ("e\u{301}", 1), ("長い", 4), ("🕊", 1), ("👍", 2), ("👨‍👩‍👧", 2), ("", 0), ("ａ", 2),
        ]
    )
    func width(_ text: String, _ columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test("what is cut says so, and is never longer than told")
    func cut() {
        #expect(Styled("abcdef").cut(to: 4).text == "abc…")
        #expect(Styled("abcd").cut(to: 4).text == "abcd")
        #expect(Styled("長い名前").cut(to: 4).text == "長…")
        #expect((Styled("ab", .red) + Styled("cdef")).cut(to: 4).text == "abc…")
        #expect(Styled("abc").cut(to: 0).text.isEmpty)
        #expect(Styled("ab").padded(to: 4).text == "ab  " && Styled("ab").padded(to: 4, onLeft: true).text == "  ab")
    }

    @Test("columns stand under each other, and the widest gives way first")
    func table() {
        var table = Table([.init("NAME", minimum: 4), .init("N", isRight: true), .init("NOTE", minimum: 4)])
        table.add(["長い", "7", "x"])
        table.add(["abcdefgh", "1,000", "a long note"])
        #expect(
            table.lines(.plain).map(\.text) == [
                "NAME          N  NOTE", "長い          7  x", "abcdefgh  1,000  a long note",
            ]
        )
        let narrow = Terminal(width: 24, hasColours: false, isInteractive: true)
        #expect(
            table.lines(narrow).map(\.text) == ["NAME         N  NOTE", "長い         7  x", "abcdef…  1,000  a long …"]
        )
        #expect(table.lines(narrow).allSatisfy { $0.width <= 24 })
        #expect(table.naturalWidth == 28)
    }

    @Test(
        "lengths of time are as people write them",
        arguments: [
            ("90s", 90), ("15m", 900), ("15min", 900), ("1h30m", 5_400), ("2d", 172_800), ("0s", 0),
        ]
    )
    func durations(_ text: String, _ seconds: Int) {
        #expect(DurationArgument(argument: text)?.duration == .seconds(seconds))
        #expect(DurationArgument(argument: "250ms")?.duration == .milliseconds(250))
    }

    @Test("and nothing else", arguments: ["", "5", "s", "1x", "-1s", "1.5h", "99999999999999999999s", "1s ", "٣s"])
    func noDurations(_ text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }

    @Test("moments are moments, or how long ago")
    func moments() throws {
        let now = Timestamp(milliseconds: 1_000_000_000)
        #expect(MomentArgument(argument: "2h")?.moment(now: now) == Timestamp(milliseconds: 1_000_000_000 - 7_200_000))
        #expect(MomentArgument(argument: "1970-01-01T00:00:01Z")?.moment(now: now) == Timestamp(milliseconds: 1_000))
        #expect(MomentArgument(argument: "yesterday") == nil)
    }

    @Test("colours are for terminals, and not for those who do not want them")
    func terminals() {
        #expect(!Terminal.of(-1, [:]).hasColours && Terminal.of(-1, [:]).width == nil)
        #expect(Terminal.of(-1, ["COLUMNS": "100"]).width == 100)
        #expect(Terminal.of(-1, ["COLUMNS": "3"]).width == 20)
    }

    @Test("a narrow terminal gets what an instance waits for on a line of its own")
    func narrowList() {
        let now = Timestamp(milliseconds: 0)
        let wait = Wait(.signal, "approval", fileID: "Shop/Orders.swift", line: 42)
        let state = InstanceState(
            instance: "order-1",
            execution: "x",
            workflow: "Fulfilment",
            queue: "orders",
            status: .running,
            historyLength: 3,
            createdAt: now,
            waits: WaitSummary([wait])
        )
        let view = InstanceView(state, now: now)
        let narrow = Terminal(width: 70, hasColours: false, isInteractive: true)
        let lines = InstanceText.list([view], now: now, narrow).map(\.text)
        #expect(lines.count == 3 && lines[2] == "  Orders.swift:42 waits for signal approval", "\(lines)")
        #expect(InstanceText.list([view], now: now, .plain).count == 2)
    }
}
