internal import AloftClient
internal import Logging
internal import Tracing

extension Telemetry {
    /// What a line says of the span that it is in, for a logger that has no provider of metadata to say so: trace and span id, if the
    /// tracer writes contexts as the W3C's `traceparent`, which most do.
    func metadata(for handler: any LogHandler) -> Logger.Metadata {
        guard isOn, handler.metadataProvider == nil, let context = ServiceContext.current,
            let parent = headers(of: context)[TraceParent.header].flatMap(TraceParent.init)
        else { return [:] }
        return [LogKey.trace: "\(parent.trace)", LogKey.span: "\(parent.span)"]
    }
}

/// The context of a trace as the W3C has it written: version, trace, span and flags in hexadecimal.
package struct TraceParent: Equatable {
    static let header = "traceparent"

    package let trace: Substring
    package let span: Substring

    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[1].utf8.count == 32, parts[2].utf8.count == 16,
            parts[1...2].allSatisfy({ $0.allSatisfy(\.isHexDigit) })
        else { return nil }
        trace = parts[1]
        span = parts[2]
    }
}
