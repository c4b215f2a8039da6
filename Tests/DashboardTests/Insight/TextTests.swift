import AloftInsight
import Testing

@Suite("Texts of others") struct TextTests {
    @Test(
        "are shown with what they hide",
        arguments: [
            ("plain é 🕊 text", "plain é 🕊 text"), ("two\nlines\t\r", "two\\nlines\\t\\r"),
            ("\u{1b}[31mred", "\\u{1B}[31mred"), ("invoice-\u{202e}fdp.exe", "invoice-\\u{202E}fdp.exe"),
            ("a\u{200b}b\u{2066}c", "a\\u{200B}b\\u{2066}c"), ("\u{7f}\u{85}\u{feff}", "\\u{7F}\\u{85}\\u{FEFF}"),
        ]
    )
    func visible(_ text: String, _ shown: String) { #expect(text.visible == shown) }

    @Test("keep their lines where there is room for them")
    func lines() { #expect("a\nb\u{202e}\tc".visibleLines == "a\nb\\u{202E}\tc") }

    @Test(
        "durations have two units at most",
        arguments: [
            (.milliseconds(0), "0 ms"), (.milliseconds(999), "999 ms"), (.milliseconds(1_250), "1.2 s"),
            (.seconds(59), "59 s"), (.seconds(60), "1 min"), (.seconds(3_599), "59 min 59 s"),
            (.seconds(7_500), "2 h 5 min"),
            (.seconds(277_200), "3 d 5 h"), (.seconds(86_400 * 12_345), "12,345 d"), (.seconds(-90), "−1 min 30 s"),
        ] as [(Duration, String)]
    )
    func durations(_ duration: Duration, _ text: String) { #expect(Quantity.duration(duration) == text) }

    @Test("sizes and counts are readable")
    func quantities() {
        #expect(
            [0, 999, 1_000, 14_249, 3_000_000, 7_800_000_000].map(Quantity.bytes) == [
                "0 B", "999 B", "1.0 kB", "14.2 kB", "3.0 MB", "7.8 GB",
            ]
        )
        #expect([0, 999, 1_000, -1_234_567].map { Quantity.count($0) } == ["0", "999", "1,000", "−1,234,567"])
        #expect(Quantity.count(1, "event") == "1 event")
        #expect(Quantity.count(2, "crash", "crashes") == "2 crashes")
    }
}
