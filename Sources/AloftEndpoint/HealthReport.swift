internal import Aloft
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The answer about the health of all workers of a process.
struct HealthReport: Encodable {
    enum Question {
        case live
        case ready
    }

    struct WorkerState: Encodable {
        var status: String
        var isReady: Bool
        var isHealthy: Bool
        /// In seconds; absent before the first.
        var heartbeatAge: Double?
        var lease: Double
        /// In seconds; absent if it does not ask for such tasks.
        var workflowPollAge: Double?
        var activityPollAge: Double?
    }

    var status: String
    var reasons: [String]
    var workers: [WorkerState]

    init(_ workers: [Worker], question: Question) {
        self.init(workers.map(\.health), question: question)
    }

    init(_ health: [WorkerHealth], question: Question) {
        let isFine = health.allSatisfy { question == .live ? $0.isHealthy : $0.isReady }
        status = isFine ? "ok" : question == .live ? "unhealthy" : "not ready"
        // Two workers of one process usually ail of the same.
        reasons = health.flatMap(\.reasons).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        workers = health.map {
            WorkerState(
                status: $0.status.rawValue,
                isReady: $0.isReady,
                isHealthy: $0.isHealthy,
                heartbeatAge: $0.heartbeatAge.map(Self.seconds),
                lease: Self.seconds($0.lease),
                workflowPollAge: ($0.workflowPoll?.age).map(Self.seconds),
                activityPollAge: ($0.activityPoll?.age).map(Self.seconds)
            )
        }
    }

    var isFine: Bool { status == "ok" }

    private static func seconds(_ duration: Duration) -> Double { (duration / .milliseconds(1)).rounded() / 1000 }

    var response: Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let body = (try? encoder.encode(self)).map { Array($0) } ?? Array(#"{"status":"\#(status)"}"#.utf8)
        return Response(
            status: isFine ? .ok : .serviceUnavailable,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body + [UInt8(ascii: "\n")]))
        )
    }
}
