internal import AloftClient
internal import AloftCore
internal import Tracing

/// A span of workflow code that begins when somebody needs it.
///
/// Code that is replayed opens its spans again. So opening one does nothing; it is begun, as of the moment at which it was
/// opened, when something happens in it for the first time, or when it ends in earnest. Touched by the thread that drains
/// the execution and by no other.
final class SpanBox: @unchecked Sendable {
    let name: String
    let kind: SpanKind
    let attributes: SpanAttributes
    /// The moment at which it was opened, the first time.
    let openedAt: SpanInstant
    /// The context in which it was opened.
    private let ambient: ServiceContext
    private(set) var span: (any Span)?
    /// Whether it ended in what was replayed: the span was exported then. Tasks that were begun in it may go on and still have
    /// it in their context; what they do now belongs to whatever encloses it.
    private(set) var isForgotten = false
    /// What was said of it before it began.
    private var remarks: [(any Span) -> Void] = []

    init(
        _ name: String,
        ofKind kind: SpanKind,
        attributes: SpanAttributes,
        openedAt: SpanInstant,
        in ambient: ServiceContext
    ) {
        self.name = name
        self.kind = kind
        self.attributes = attributes
        self.openedAt = openedAt
        self.ambient = ambient
    }

    /// The context for what is inside of it.
    var inner: ServiceContext {
        var context = ambient
        context[SpanBoxKey.self] = self
        return context
    }

    /// Begins it, unless that is done.
    func begin(_ telemetry: Telemetry) -> any Span {
        if let span { return span }
        let span: any Span = telemetry.tracer.startSpan(
            name,
            context: telemetry.resolve(ambient),
            ofKind: kind,
            at: openedAt
        )
        span.attributes = attributes
        for remark in remarks { remark(span) }
        remarks = []
        self.span = span
        return span
    }

    func forget() {
        isForgotten = true
        remarks = []
    }

    /// This one, or the innermost around it that has not ended in what was replayed.
    fileprivate var remembered: SpanBox? {
        var box: SpanBox? = self
        while let next = box, next.isForgotten { box = next.ambient[SpanBoxKey.self] }
        return box
    }

    func remark(_ remark: @escaping (any Span) -> Void) {
        if let span { remark(span) } else { remarks.append(remark) }
    }
}

private enum SpanBoxKey: ServiceContextKey {
    typealias Value = SpanBox
    static var nameOverride: String? { "aloft-span" }
}

extension Telemetry {
    /// A context with the span that encloses it, begun if it has not been.
    func resolve(_ context: ServiceContext) -> ServiceContext {
        guard let box = context[SpanBoxKey.self] else { return context }
        var context = context
        context[SpanBoxKey.self] = nil
        if let box = box.remembered { adopt(traceOf: box.begin(self).context, into: &context) }
        return context
    }
}

extension [Event] {
    /// The first headers that workflow code gave to what it started.
    var firstGivenHeaders: ContextHeaders {
        for event in self {
            let headers: ContextHeaders =
                switch event.body {
                case .activityScheduled(let scheduled): scheduled.headers
                case .subWorkflowScheduled(let scheduled): scheduled.headers
                case .signalScheduled(let scheduled): scheduled.headers
                default: [:]
                }
            if !headers.isEmpty { return headers }
        }
        return [:]
    }
}

/// A moment of the store's clock, for spans.
struct SpanInstant: TracerInstant {
    let nanosecondsSinceEpoch: UInt64

    init(_ moment: Timestamp) {
        let (product, overflow) = UInt64(clamping: moment.milliseconds).multipliedReportingOverflow(by: 1_000_000)
        nanosecondsSinceEpoch = overflow ? .max : product
    }

    static func < (left: SpanInstant, right: SpanInstant) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}
