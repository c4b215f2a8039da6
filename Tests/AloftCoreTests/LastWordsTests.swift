import AloftCore
import Testing

/// What a crashed process wrote, as it is kept.
@Suite struct LastWordsTests {
    /// As Swift's backtracer writes it.
    private static let backtrace = """

        *** Program crashed: Illegal instruction at 0x0000558e2ff5a8d0 ***

        Platform: x86_64 Linux (Debian GNU/Linux 12)

        Thread 2 "worker" crashed:

        0                  0x0000558e2ff5a8d0 _assertionFailure(_:_:file:line:flags:) + 240 in libswiftCore.so
        1 [ra]             0x0000558e2ff5a8d1 Swift runtime failure: Index out of range at /code/Box.swift:3:1
        2 [ra] [system]    0x0000558e2ff5a8d2 static Box.$main() + 10 in worker at <compiler-generated>
        3 [ra]             0x0000558e2ff5a8d3 openTheBox(_:) + 58 in worker at /code/Box.swift:12:5
        4 [ra]             0x0000558e2ff5a8d4 closure #1 in run() + 58 in worker at /code/Run.swift:9:5
        """

    @Test func headlineIsTheCrashAndTheFirstLineOfCode() {
        #expect(
            LastWords(Self.backtrace)?.headline
                == "*** Program crashed: Illegal instruction at 0x0000558e2ff5a8d0 *** · "
                + "openTheBox(_:) + 58 in worker at /code/Box.swift:12:5"
        )
    }

    @Test func headlineOfOtherTexts() {
        #expect(LastWords("one\ntwo")?.headline == "one")
        #expect(LastWords("\n\n  one")?.headline == "one")
        let long = LastWords(String(repeating: "€", count: 1_000))?.headline ?? ""
        #expect(long.utf8.count <= 300 && long.hasSuffix("€…"))
    }

    @Test(arguments: ["", " \n\t\n"])
    func nothingSaid(_ text: String) {
        #expect(LastWords(text) == nil)
    }

    @Test(
        "Control characters, and those that turn the direction of a text, are replaced",
        arguments: [
            "\u{0}", "\u{7}", "\r", "\u{1b}", "\u{7f}", "\u{85}", "\u{9b}", "\u{202e}", "\u{2066}",
        ]
    )
    func controls(_ character: String) {
        #expect(LastWords("a\(character)b\tc\nd")?.text == "a\u{fffd}b\tc\nd")
    }

    @Test("A text is cut between characters, and says so", arguments: 17..<40)
    func cut(_ limit: Int) throws {
        let text = try #require(LastWords("€" + String(repeating: "ä😀", count: 20), limit: limit)).text
        #expect(text.utf8.count <= limit)
        #expect(text.hasSuffix("\n… cut off here"))
        #expect(!text.unicodeScalars.contains("\u{fffd}"))
    }

    @Test func smallLimits() {
        for limit in 1..<17 {
            #expect((LastWords("a longer text than that", limit: limit)?.text.utf8.count ?? 0) <= limit)
        }
        #expect(LastWords("text", limit: 0) == nil)
        #expect(LastWords("text", limit: 4)?.text == "text")
    }
}

/// What a supervisor and its program tell each other.
@Suite struct SupervisionTests {
    @Test func aNoteArrivesAsItWasWritten() {
        let note = CrashNote(workers: ["one", "two"], text: "line\n\nother line\n")
        #expect(CrashNote(encoded: note.encoded) == note)
        #expect(CrashNote(encoded: CrashNote(workers: ["one"], text: "").encoded)?.text == "")
    }

    @Test("A note without workers is none", arguments: ["", "\n", "  \ntext"])
    func emptyNote(_ text: String) {
        #expect(CrashNote(encoded: text) == nil)
    }

    @Test func whatIsNoWorkerIsPassedOver() {
        let long = String(repeating: "x", count: 300)
        #expect(CrashNote.workers(in: "one two\none \(long)\n\u{1}\n\n three") == ["one", "two", "three"])
    }

    @Test func linkAsText() {
        let link = SupervisorLink(pipe: 7, folder: "/tmp/a:b c")
        #expect(SupervisorLink(link.text) == link)
        for text in ["", "7", "7:", "7:relative", "-1:/tmp", "x:/tmp", ":/tmp"] { #expect(SupervisorLink(text) == nil) }
    }
}
