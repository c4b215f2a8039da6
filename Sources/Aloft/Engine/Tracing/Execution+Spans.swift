internal import AloftClient
internal import AloftCore
internal import Tracing

/// The spans of an execution while it is in memory.
struct ExecutionSpans {
    /// That of the execution itself.
    var run: SpanBox?
    /// Spans that the code has opened and not ended.
    var open: [ObjectIdentifier: SpanBox] = [:]
    /// Those that ended in what is not committed yet, with how.
    var ended: [() -> Void] = []
}

extension Execution {
    /// Whether what the code does now was done before, or is of no account.
    private var isSilent: Bool {
        if case .halted = phase { return true }
        return matcher.isReplaying
    }

    /// The headers for what workflow code starts now.
    func currentHeaders() -> ContextHeaders {
        guard telemetry.isOn, !isSilent else { return [:] }
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
            in: telemetry.context(of: started.headers)
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
        guard executor.isCurrent, spans.open.removeValue(forKey: ObjectIdentifier(box)) != nil, !isSilent else { return }
        end(box, error: error)
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
        end(box, error: nil)
    }

    private func end(_ box: SpanBox, error: (any Error)?) {
        let span = box.begin(telemetry)
        if let error {
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error))
        }
        let moment = DefaultTracerClock.now
        spans.ended.append { span.end(at: moment) }
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
        let (telemetry, moment) = (telemetry, SpanInstant(now))
        spans.ended.append { box.begin(telemetry).end(at: moment) }
    }

    /// A signal arrived, for the first time.
    func traceSignal(_ name: String, _ headers: ContextHeaders) {
        guard telemetry.isOn, !isSilent, let run = spans.run else { return }
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
        let (telemetry, moment) = (telemetry, SpanInstant(now))
        spans.ended.append { box.begin(telemetry).end(at: moment) }
    }

    /// What was decided is committed: what ended in it has ended.
    package func flushSpans() {
        for end in spans.ended { end() }
        spans.ended = []
    }

    /// The execution leaves memory. What nothing has happened in leaves no span behind; nor does what was not committed.
    func dropSpans() {
        spans.ended = []
        let left = spans.open.values.compactMap(\.span) + [spans.run?.span].compactMap { $0 }
        for span in left {
            span.attributes[SpanKey.unloaded] = true
            span.end()
        }
        spans.open = [:]
        spans.run = nil
    }

    private var spanAttributes: SpanAttributes {
        [
            SpanKey.instance: "\(instance)", SpanKey.execution: "\(execution)", SpanKey.workflow: "\(blueprint.name)",
            SpanKey.queue: "\(queue)",
        ]
    }
}
