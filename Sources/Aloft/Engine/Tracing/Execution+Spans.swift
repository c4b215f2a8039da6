internal import AloftClient
internal import AloftCore
internal import Tracing

/// The spans of an execution while it is in memory.
struct ExecutionSpans {
    /// That of the execution itself.
    var run: SpanBox?
    /// Spans that the code has opened and not ended.
    var open: [ObjectIdentifier: SpanBox] = [:]
    /// Those that ended in what is not committed yet, in that order.
    var ended: [Ended] = []

    struct Ended {
        let box: SpanBox
        let moment: SpanInstant
        var error: (any Error)?
    }
}

extension Execution {
    /// The headers for what workflow code starts now. A worker that does not trace hands on what the start came with, so that the
    /// trace does not break there.
    func currentHeaders() -> ContextHeaders {
        guard !isSilent else { return [:] }
        guard telemetry.isOn else { return headers }
        return telemetry.headers(of: telemetry.resolve(ServiceContext.current ?? .topLevel))
    }

    /// Opens the span of the execution. - Returns: The context for its code; `nil` if nothing is traced.
    func openRun(_ started: EventBody.Started) -> ServiceContext? {
        guard telemetry.isOn else { return nil }
        let box = SpanBox(
            SpanName.run(blueprint.name),
            ofKind: .server,
            attributes: spanAttributes,
            openedAt: SpanInstant(now),
            in: started.headers.isEmpty
                ? telemetry.trace(of: recordedHeaders) : telemetry.context(of: started.headers)
        )
        noteResumption(of: box)
        spans.run = box
        return box.inner
    }

    /// Opens a span of workflow code. - Returns: `nil` if nothing is traced, or the caller is no task of the execution.
    func openSpan(_ name: String, ofKind kind: SpanKind) -> SpanBox? {
        guard telemetry.isOn, executor.isCurrent else { return nil }
        let box = SpanBox(
            name,
            ofKind: kind,
            attributes: spanAttributes,
            openedAt: SpanInstant(now),
            in: ServiceContext.current ?? .topLevel
        )
        noteResumption(of: box)
        spans.open[ObjectIdentifier(box)] = box
        return box
    }

    private func noteResumption(of box: SpanBox) {
        if matcher.isReplaying { box.remark { $0.attributes[SpanKey.resumed] = true } }
    }

    /// Ends a span of workflow code. One that was ended before, in what is now replayed, is forgotten.
    func close(_ box: SpanBox, error: (any Error)?) {
        guard executor.isCurrent, let key = spans.open.index(forKey: ObjectIdentifier(box)) else { return }
        // Of what a halted execution does nothing counts: it leaves memory, and its spans end there.
        if case .halted = phase { return }
        spans.open.remove(at: key)
        if matcher.isReplaying { box.forget() } else { end(box, error: error) }
    }

    /// Says something of a span of workflow code, once it is there.
    func remark(on box: SpanBox, _ remark: @escaping (any Span) -> Void) {
        guard executor.isCurrent, !isUnloading, !box.isForgotten else { return }
        box.remark(remark)
    }

    /// Something happened in a span of workflow code, for the first time; that begins it.
    func addEvent(_ name: String, to box: SpanBox) {
        guard executor.isCurrent, !isSilent, !box.isForgotten else { return }
        box.begin(telemetry).addEvent(SpanEvent(name: name, at: SpanInstant(now)))
    }

    /// The code has come to its end.
    func closeRun(_ completion: Completion) {
        guard let box = spans.run else { return }
        spans.run = nil
        guard !isSilent else { return }
        switch completion {
        case .failed(let failure), .cancelled(let failure), .terminated(let failure), .timedOut(let failure):
            let message = "\(failure.type): \(failure.message)"
            box.remark { $0.setStatus(SpanStatus(code: .error, message: message)) }
        case .completed, .continuedAsNew: break
        }
        end(box)
    }

    /// Ends a span now, by the clock by which it began: the store's, whose moments are those of events. That of this process may
    /// be behind it.
    private func end(_ box: SpanBox, error: (any Error)? = nil) {
        spans.ended.append(ExecutionSpans.Ended(box: box, moment: SpanInstant(now), error: error))
    }

    /// A timer fired, for the first time.
    func traceTimer(_ wait: TimerWait) {
        guard telemetry.isOn, !isSilent, let context = wait.context else { return }
        let box = SpanBox(
            SpanName.timer(wait.name),
            ofKind: .internal,
            attributes: spanAttributes,
            openedAt: SpanInstant(wait.setAt),
            in: context
        )
        end(box)
    }

    /// A signal arrived, for the first time: one that was carried here from the execution before did so there.
    func traceSignal(_ name: String, _ headers: ContextHeaders) {
        guard telemetry.isOn, !isSilent, !headers.isCarried, let run = spans.run else { return }
        let box = SpanBox(
            SpanName.receive(name),
            ofKind: .consumer,
            attributes: spanAttributes,
            openedAt: SpanInstant(now),
            in: run.inner
        )
        if !headers.isEmpty {
            let sender = telemetry.context(of: headers)
            box.remark { $0.addLink(SpanLink(context: sender, attributes: [:])) }
        }
        end(box)
    }

    /// What was decided is committed: what ended in it has ended.
    package func flushSpans() {
        guard !spans.ended.isEmpty else { return }
        for ended in spans.ended {
            let span = ended.box.begin(telemetry)
            if let error = ended.error {
                span.recordError(error, attributes: [:], at: ended.moment)
                span.setStatus(SpanStatus(code: .error))
            }
            span.end(at: ended.moment)
        }
        spans.ended = []
    }

    /// The execution leaves memory. What nothing has happened in leaves no span behind; what ended in something that is not
    /// committed has not ended.
    func dropSpans() {
        guard telemetry.isOn else { return }
        let boxes = spans.ended.map(\.box) + spans.open.values + [spans.run].compactMap { $0 }
        for span in boxes.compactMap(\.span) {
            span.attributes[SpanKey.unloaded] = true
            span.end(at: SpanInstant(now))
        }
        spans = ExecutionSpans()
    }

    private var spanAttributes: SpanAttributes {
        [
            SpanKey.instance: "\(instance)", SpanKey.execution: "\(execution)", SpanKey.workflow: "\(blueprint.name)",
            SpanKey.queue: "\(queue)",
        ]
    }
}
