import Aloft
import Logging
import Testing

/// Workflow code is run again and again; what it says is heard once.
@Suite struct LoggingTests {
    struct Talking: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let logger = context.logger
            logger.info("one")
            try await context.activity(Reference.work, "a")
            logger.info("two")
            try await context.activity(Reference.work, "b")
            context.logger.info("three", metadata: ["more": "yes"])
        }
    }

    /// Also a logger that was taken while replaying speaks once the replay is over.
    @Test func replayIsSilent() throws {
        let lines = LogCapture()
        let engine = EngineHarness(Talking.self, logger: lines.logger)
        try engine.start()
        try engine.restart()
        #expect(lines.messages == ["one"])
        try engine.feed(.completed(1, ()))
        #expect(lines.messages == ["one", "two"])
        try engine.restart()
        #expect(lines.messages == ["one", "two"])
        try engine.feed(.completed(2, ()))
        #expect(lines.messages == ["one", "two", "three"])
        try engine.restart()
        #expect(lines.messages == ["one", "two", "three"])
    }

    @Test func linesNameTheInstance() throws {
        let lines = LogCapture()
        let engine = EngineHarness(Talking.self, logger: lines.logger)
        try engine.start()
        try engine.feed(.completed(1, ()), .completed(2, ()))
        for metadata in lines.metadata {
            #expect(metadata[LogKey.instance] == "instance-1")
            #expect(metadata[LogKey.execution] == "execution-1")
            #expect(metadata[LogKey.workflow] == "Talking")
        }
        #expect(lines.metadata.last?["more"] == "yes")
    }
}
