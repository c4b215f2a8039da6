extension EventBody {
    /// The newest format of stored events that this code reads and the one that it writes.
    public static let formatVersion: UInt8 = 1

    /// The event as it is stored: one byte of format version, one of kind, then the fields in order.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        encode(into: &writer)
        return writer.bytes
    }

    func encode(into writer: inout ByteWriter) {
        writer.write(byte: Self.formatVersion)
        writer.write(byte: kind.rawValue)
        if let command { writer.write(count: command.number) }
        switch self {
        case .started(let started): writer.write(started)
        case .activityCompleted(_, let payload), .sideEffectRecorded(_, let payload),
            .subWorkflowCompleted(_, let payload), .workflowCompleted(let payload):
            writer.write(payload)
        case .activityFailed(_, let failure), .subWorkflowFailed(_, let failure), .signalFailed(_, let failure),
            .workflowFailed(let failure), .workflowCancelled(let failure), .workflowTerminated(let failure),
            .workflowTimedOut(let failure):
            writer.write(failure)
        case .timerFired, .timerCancelled, .signalDelivered, .subWorkflowCancelRequested: break
        case .signalReceived(let name, let payload, let headers):
            writer.write(name)
            writer.write(payload)
            writer.write(trailing: headers)
        case .cancelRequested(let reason): writer.write(reason)
        case .activityScheduled(let scheduled):
            writer.write(scheduled.name)
            writer.write(scheduled.queue?.rawValue ?? "")
            writer.write(scheduled.input)
            writer.write(scheduled.retry)
            guard scheduled.startToCloseTimeout != nil || !scheduled.headers.isEmpty else { break }
            writer.write(optional: scheduled.startToCloseTimeout)
            writer.write(trailing: scheduled.headers)
        case .timerScheduled(let scheduled):
            writer.write(scheduled.name)
            writer.write(signed: scheduled.due.milliseconds)
        case .subWorkflowScheduled(let scheduled): writer.write(scheduled)
        case .signalScheduled(let scheduled):
            writer.write(scheduled.instance.rawValue)
            writer.write(scheduled.name)
            writer.write(scheduled.payload)
            writer.write(trailing: scheduled.headers)
        case .continuedAsNew(let continued):
            writer.write(continued.execution.rawValue)
            writer.write(continued.input)
        }
    }

    /// - Throws: ``EventCodingError``; bytes of a newer format are refused, never guessed at.
    public init(encoded bytes: ArraySlice<UInt8>) throws(EventCodingError) {
        var reader = ByteReader(bytes)
        let version = try reader.readByte()
        guard version <= Self.formatVersion else {
            throw .formatTooNew(found: Int(version), known: Int(Self.formatVersion))
        }
        guard version > 0 else { throw .malformed("format version 0") }
        let number = try reader.readByte()
        guard let kind = EventKind(rawValue: number) else { throw .malformed("an event of kind \(number)") }
        switch kind {
        case .started: self = .started(try reader.readStarted())
        case .activityCompleted: self = .activityCompleted(try reader.readCommand(), try reader.readPayload())
        case .activityFailed: self = .activityFailed(try reader.readCommand(), try reader.readFailure())
        case .timerFired: self = .timerFired(try reader.readCommand())
        case .signalReceived:
            self = .signalReceived(
                name: try reader.readString(),
                try reader.readPayload(),
                headers: try reader.readTrailingHeaders()
            )
        case .cancelRequested: self = .cancelRequested(reason: try reader.readString())
        case .activityScheduled:
            let command = try reader.readCommand()
            let name = try reader.readString()
            let queue = try reader.readString()
            var scheduled = ActivityScheduled(
                command: command,
                name: name,
                queue: queue.isEmpty ? nil : TaskQueue(queue),
                input: try reader.readPayload(),
                retry: try reader.readRetryPolicy()
            )
            if !reader.isAtEnd {
                scheduled.startToCloseTimeout = try reader.readOptionalDuration()
                scheduled.headers = try reader.readTrailingHeaders()
                guard scheduled.startToCloseTimeout != nil || !scheduled.headers.isEmpty else {
                    throw .malformed("a duration that is none")
                }
            }
            self = .activityScheduled(scheduled)
        case .timerScheduled:
            self = .timerScheduled(
                TimerScheduled(
                    command: try reader.readCommand(),
                    name: try reader.readString(),
                    due: Timestamp(milliseconds: try reader.readSigned())
                )
            )
        case .timerCancelled: self = .timerCancelled(try reader.readCommand())
        case .sideEffectRecorded: self = .sideEffectRecorded(try reader.readCommand(), try reader.readPayload())
        case .workflowCompleted: self = .workflowCompleted(try reader.readPayload())
        case .workflowFailed: self = .workflowFailed(try reader.readFailure())
        case .workflowCancelled: self = .workflowCancelled(try reader.readFailure())
        case .subWorkflowCompleted: self = .subWorkflowCompleted(try reader.readCommand(), try reader.readPayload())
        case .subWorkflowFailed: self = .subWorkflowFailed(try reader.readCommand(), try reader.readFailure())
        case .signalDelivered: self = .signalDelivered(try reader.readCommand())
        case .signalFailed: self = .signalFailed(try reader.readCommand(), try reader.readFailure())
        case .subWorkflowScheduled: self = .subWorkflowScheduled(try reader.readSubWorkflowScheduled())
        case .subWorkflowCancelRequested: self = .subWorkflowCancelRequested(try reader.readCommand())
        case .signalScheduled:
            self = .signalScheduled(
                SignalScheduled(
                    command: try reader.readCommand(),
                    instance: InstanceID(try reader.readString()),
                    name: try reader.readString(),
                    payload: try reader.readPayload(),
                    headers: try reader.readTrailingHeaders()
                )
            )
        case .continuedAsNew:
            self = .continuedAsNew(
                ContinuedAsNew(execution: ExecutionID(try reader.readString()), input: try reader.readPayload())
            )
        case .workflowTerminated: self = .workflowTerminated(try reader.readFailure())
        case .workflowTimedOut: self = .workflowTimedOut(try reader.readFailure())
        }
        guard reader.isAtEnd else { throw .malformed("more than the event \(kind) has fields for") }
    }
}
