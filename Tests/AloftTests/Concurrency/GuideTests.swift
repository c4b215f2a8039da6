import Aloft
import Foundation
import Testing

/// The code of the guide `Concurrency.md`, line for line, as workflows that run.
@Suite struct GuideTests {
    enum Shipping {
        static let label = ActivityReference<String, String>("label")
        static let charge = ActivityReference<String, String>("charge")
        static let page = ActivityReference<Int, String>("page")
        static let approval = Signal<String>("approval")
    }

    /// What the guide shows is compiled and run here: each line of its code stands in this file.
    @Test func guideShowsThisCode() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let guide = tests.appending(path: "../../../Sources/Aloft/Aloft.docc/Concurrency.md").standardized
        let own = try Set(Self.lines(of: String(contentsOf: URL(filePath: #filePath), encoding: .utf8)))
        var isCode = false
        var count = 0
        for line in try Self.lines(of: String(contentsOf: guide, encoding: .utf8)) {
            if line.hasPrefix("```") {
                isCode.toggle()
            } else if isCode, !line.isEmpty {
                count += 1
                #expect(own.contains(line))
            }
        }
        #expect(count > 30)
    }

    private static func lines(of text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
    }

    struct Structured: Workflow {
        func run(_ context: WorkflowContext, _ order: String) async throws -> String {
            async let label = context.activity(Shipping.label, order)
            async let charge = context.activity(Shipping.charge, order)
            return try await "\(label), \(charge)"
        }
    }

    @Test func structured() throws {
        let engine = EngineHarness(Structured.self)
        try engine.start("book")
        try engine.feed(.completed(2, "paid"), .completed(1, "label"))
        #expect(try engine.completion?.value() == "label, paid")
    }

    struct Futures: Workflow {
        func run(_ context: WorkflowContext, _ order: String) async throws -> String {
            let label = context.future { try await context.activity(Shipping.label, order) }
            let approval = try await context.receive(Shipping.approval)
            return try await "\(label.value), approved by \(approval)"
        }
    }

    @Test func futures() throws {
        let engine = EngineHarness(Futures.self)
        try engine.start("book")
        try engine.feed(.completed(1, "label"), .signal(Shipping.approval, "finance"))
        #expect(try engine.completion?.value() == "label, approved by finance")
    }

    struct Channels: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            let pages = context.channel(of: String.self, capacity: 2)
            let reader = context.future {
                defer { pages.close() }
                for number in 1...3 { try await pages.send(try await context.activity(Shipping.page, number)) }
            }
            var text = ""
            for try await page in pages { text += page }
            try await reader.value
            return text
        }
    }

    @Test func channels() throws {
        let engine = EngineHarness(Channels.self)
        try engine.start()
        for (number, page) in zip(1...3, ["a", "b", "c"]) {
            try engine.feed(.completed(number, page))
            try engine.restart()
        }
        #expect(try engine.completion?.value() == "abc")
    }

    struct Selecting: Workflow {
        func run(_ context: WorkflowContext) async throws -> String {
            let questions = context.channel(of: String.self)
            let check = context.future { try await context.activity(Shipping.label, "check") }
            let answer = try await context.select(
                .receive(Shipping.approval) { "approved by \($0)" },
                .receive(questions) { "asked: \($0 ?? "nothing more")" },
                .await(check) { "checked: \($0)" },
                .after(.seconds(3600)) { "nobody answered" }
            )
            return answer
        }
    }

    @Test func selecting() throws {
        let engine = EngineHarness(Selecting.self)
        try engine.start()
        try engine.feed(.completed(1, "fine"))
        #expect(try engine.completion?.value() == "checked: fine")
    }

    struct Parts: Workflow {
        func run(_ context: WorkflowContext) async throws {
            let parts = context.waitGroup()
            for number in 1...3 {
                parts.add()
                context.future {
                    defer { parts.done() }
                    _ = try await context.activity(Shipping.page, number)
                }
            }
            try await parts.wait()
        }
    }

    @Test func waitGroups() throws {
        let engine = EngineHarness(Parts.self)
        try engine.start()
        try engine.feed(.completed(3, ""), .completed(1, ""), .completed(2, ""))
        #expect(engine.completion?.status == .completed)
    }

    struct Conditions: Workflow {
        func run(_ context: WorkflowContext) async throws -> Int {
            let stock = Shared(0)
            context.future { stock.value = try await context.receive(Signals.number) }
            try await context.until { stock.value > 0 }
            stock.value -= 1
            return stock.value
        }
    }

    @Test func conditions() throws {
        let engine = EngineHarness(Conditions.self)
        try engine.start()
        try engine.feed(.signal(Signals.number, 4))
        #expect(try engine.completion?.value() == 3)
    }
}
