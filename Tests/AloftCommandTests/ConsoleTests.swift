import Logging
import Testing

@testable import AloftCommand

/// What the library logs, as people are told of it.
@Suite struct ConsoleTests {
    @Test("A warning is told with what stands beside it, bounded, in order")
    func metadata() {
        var handler = ConsoleLogHandler()
        handler[metadataKey: "part"] = "3"
        handler[metadataKey: "error"] = "of the logger"
        func line(_ metadata: Logger.Metadata?) -> String {
            handler.line(
                LogEvent(
                    level: .warning,
                    message: "no answer",
                    error: nil,
                    metadata: metadata,
                    source: "x",
                    file: "",
                    function: "",
                    line: 1
                )
            )
        }
        #expect(line(["error": "refused"]) == "warning: no answer (error: refused, part: 3)")
        #expect(line(nil) == "warning: no answer (error: of the logger, part: 3)")
        #expect(
            ConsoleLogHandler().line(
                LogEvent(
                    level: .error,
                    message: "m",
                    error: nil,
                    metadata: nil,
                    source: "x",
                    file: "",
                    function: "",
                    line: 1
                )
            ) == "error: m"
        )
        let long = line([
            "error": "\(String(repeating: "x", count: 10_000))", "b": "\(String(repeating: "y", count: 10_000))",
        ])
        #expect(long.count < 1_100 && long.contains("xx…, part: 3"))
        // As it is written: nothing in it steers the terminal or makes a line of its own.
        #expect(Styled(line(["error": "a\n\u{1b}[2Jb"])).text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }
}
