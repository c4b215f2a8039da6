import Aloft
import Foundation
import Logging
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

struct Answer {
    var status: Int
    var type: String
    var text: String

    /// The fields of a JSON object.
    func field<Value>(_ name: String) -> Value? {
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return object?[name] as? Value
    }
}

func get(_ path: String, port: Int) async throws -> Answer {
    let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
    let (data, response) = try await URLSession.shared.data(from: url)
    let http = try #require(response as? HTTPURLResponse)
    return Answer(
        status: http.statusCode,
        type: http.value(forHTTPHeaderField: "Content-Type") ?? "",
        text: String(decoding: data, as: UTF8.self)
    )
}

/// An activity that ends when the test says so.
final class Gate: Sendable {
    private let entered: AsyncStream<Void>
    private let enter: AsyncStream<Void>.Continuation
    private let opened: AsyncStream<Void>
    private let opener: AsyncStream<Void>.Continuation

    init() {
        (entered, enter) = AsyncStream.makeStream()
        (opened, opener) = AsyncStream.makeStream()
    }

    func pass() async {
        enter.yield()
        for await _ in opened { return }
    }

    func waitUntilEntered() async { for await _ in entered { return } }
    func open() { opener.finish() }
}

struct Patient: Workflow {
    func run(_ context: WorkflowContext) async throws {
        try await context.activity(ActivityReference<Void, Void>("pass"), ())
    }
}

/// Waits until a condition holds; fails after twenty seconds.
func eventually(
    _ what: Comment,
    sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while try await !condition() {
        try #require(ContinuousClock.now < end, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}
