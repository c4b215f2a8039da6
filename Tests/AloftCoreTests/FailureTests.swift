import AloftCore
import Testing

@Suite("Failures from Swift errors")
struct FailureTests {
    struct Declined: Error, CustomStringConvertible {
        var description: String { "no funds" }
    }

    struct Coded: Error, Codable, Equatable {
        var code: Int
    }

    struct Wrapped: CausedError, CustomStringConvertible {
        let level: Int
        let cause: (any Error)?
        var description: String { "level \(level)" }
    }

    let coder = PayloadCoder()

    func chain(_ levels: Int, around error: any Error) -> any Error {
        (0..<levels).reduce(error) { Wrapped(level: $1, cause: $0) }
    }

    @Test("an error is kept by the name of its type and its text")
    func plain() {
        let failure = Failure(Declined(), coder: coder)
        #expect(failure == Failure(type: "Declined", message: "no funds"))
        #expect(Failure(CancellationError(), coder: coder).kind == .cancelled)
    }

    @Test("behind a codec, an error that does not describe itself is not told with its values")
    func codec() {
        struct Hiding: PayloadCodec {
            let name = "hiding"
            func encode(_ bytes: [UInt8]) -> [UInt8] { bytes.map { ~$0 } }
            func decode(_ bytes: [UInt8]) -> [UInt8] { bytes.map { ~$0 } }
        }
        struct CardDeclined: Error, Codable, CausedError {
            let card: String
            var cause: (any Error)? { Refusal.limit(card: card) }
        }
        enum Refusal: Error {
            case limit(card: String)
            case other
        }
        struct Spoken: Error, CustomStringConvertible { let description = "4711 was declined" }
        let hidden = Failure(CardDeclined(card: "4711"), coder: PayloadCoder(codec: Hiding()))
        #expect(hidden.message == "CardDeclined" && hidden.causes.map(\.message) == ["limit"])
        #expect(hidden.details?.bytes == (#"{"card":"4711"}"#).utf8.map { ~$0 })
        // Without a codec all is readable anyway, and what an error says on purpose stays.
        #expect(Failure(CardDeclined(card: "4711"), coder: PayloadCoder()).message.contains("4711"))
        #expect(Failure(Spoken(), coder: PayloadCoder(codec: Hiding())).message == "4711 was declined")
        #expect(Failure(Refusal.other, coder: PayloadCoder(codec: Hiding())).message == "other")
    }

    @Test("a Codable error is kept itself")
    func details() throws {
        let failure = Failure(Coded(code: 7), coder: coder)
        let details = try #require(failure.details)
        #expect(try coder.decode(Coded.self, from: details) == Coded(code: 7))
        #expect(ActivityError(activity: "a", failure: failure).details(Coded.self) == Coded(code: 7))
        #expect(ActivityError(activity: "a", failure: failure).details(String.self) == nil)
        let workflow = WorkflowError(instance: "i", status: .failed, failure: failure)
        #expect(workflow.details(Coded.self) == Coded(code: 7))
    }

    @Test("details that do not encode or are very large are lost, the error is not")
    func lostDetails() {
        struct NotANumber: Error, Codable { var value = Double.nan }
        struct Large: Error, Codable, CustomStringConvertible {
            var text = String(repeating: "x", count: 100_000)
            var description: String { "large" }
        }
        #expect(Failure(NotANumber(), coder: coder).details == nil)
        #expect(Failure(NotANumber(), coder: coder).type == "NotANumber")
        #expect(Failure(Large(), coder: coder) == Failure(type: "Large", message: "large"))
    }

    @Test("the chain of causes is kept, nearest first")
    func causes() {
        let failure = Failure(chain(3, around: Declined()), coder: coder)
        #expect(failure.type == "Wrapped")
        #expect(failure.message == "level 2")
        #expect(failure.causes.map(\.message) == ["level 1", "level 0", "no funds"])
        #expect(failure.causes.map(\.type) == ["Wrapped", "Wrapped", "Declined"])
        #expect(!failure.isPermanent)
        let short = Failure(chain(1, around: Declined()), coder: coder)
        #expect(short.description == "Wrapped: level 0; caused by Declined: no funds")
    }

    @Test("a long chain is cut, an endless one too")
    func longChains() {
        final class Endless: CausedError {
            var cause: (any Error)? { Endless() }
        }
        #expect(Failure(chain(100, around: Declined()), coder: coder).causes.count == Failure.maximumCauses)
        #expect(Failure(Endless(), coder: coder).causes.count == Failure.maximumCauses)
    }

    @Test("a permanent error makes the failure permanent at any depth of the chain", arguments: 0...10)
    func permanent(_ depth: Int) {
        let failure = Failure(chain(depth, around: PermanentError(Declined())), coder: coder)
        #expect(failure.isPermanent)
        let texts = [failure.message] + failure.causes.map(\.message)
        #expect(texts.count == depth + 1)
        #expect(texts.last == "no funds", "the wrapper itself does not show")
    }

    @Test("a permanent error keeps what it wraps")
    func permanentWrapper() throws {
        let failure = Failure(PermanentError(Coded(code: 7)), coder: coder)
        #expect(failure.type == "Coded")
        #expect(failure.isPermanent)
        #expect(try coder.decode(Coded.self, from: try #require(failure.details)) == Coded(code: 7))
        let caused = Failure(PermanentError(chain(2, around: Declined())), coder: coder)
        #expect(caused.causes.count == 2)
        #expect(Failure(PermanentError(PermanentError(Declined())), coder: coder).type == "Declined")
    }

    @Test("a permanent error of a text is called that")
    func permanentText() {
        let failure = Failure(PermanentError("give up"), coder: coder)
        #expect(failure == Failure(type: "PermanentError", message: "give up", isPermanent: true))
    }

    @Test("an error that carries a failure passes it on unchanged")
    func convertible() {
        let original = EventSamples.failure
        #expect(Failure(ActivityError(activity: "a", failure: original), coder: coder) == original)
        #expect(Failure(CrashError(activity: "a", failure: original), coder: coder) == original)
        let timeout = Failure(TimeoutError(limit: "timer", subject: "the wait"), coder: coder)
        #expect(timeout.kind == .timeout)
        #expect(timeout.type == "TimeoutError")
        #expect(timeout.message.contains("the wait"))
    }

    @Test("a failure within the chain brings its own causes and its permanence")
    func convertibleCause() {
        let inner = Failure(
            type: "Inner",
            message: "inner",
            isPermanent: true,
            causes: [.init(type: "Root", message: "root")]
        )
        let failure = Failure(
            Wrapped(level: 0, cause: ActivityError(activity: "a", failure: inner)),
            coder: coder
        )
        #expect(failure.causes.map(\.type) == ["Inner", "Root"])
        #expect(failure.isPermanent)
        let wrapped = Failure(PermanentError(ActivityError(activity: "a", failure: inner)), coder: coder)
        #expect(wrapped == inner)
    }

    @Test("a very long text is cut, also within a character")
    func longText() {
        struct Long: Error, CustomStringConvertible {
            let description = "x" + String(repeating: "é", count: 10_000)
        }
        let message = Failure(Long(), coder: coder).message
        #expect(message.utf8.count < Failure.maximumMessageBytes + 10)
        #expect(message.hasSuffix("…"))
    }

    @Test("errors describe themselves for a log reader")
    func descriptions() {
        let failure = Failure(type: "Declined", message: "no funds")
        #expect("\(ActivityError(activity: "pay", failure: failure))".contains("activity pay failed with Declined"))
        #expect("\(CrashError(activity: "pay", failure: failure))".contains("activity pay crashed"))
        let workflow = WorkflowError(instance: "order-1", status: .cancelled, failure: failure)
        #expect("\(workflow)" == "instance order-1 cancelled: Declined: no funds")
        #expect("\(StoreError(.instanceNotFound, "none"))" == "instance not found: none")
        #expect("\(StoreError(.unavailable, "down", underlying: Declined()))" == "store unavailable: down (no funds)")
        #expect("\(Failure.Kind.crash) \(Failure.Kind(rawValue: 99))" == "crash kind 99")
    }
}
