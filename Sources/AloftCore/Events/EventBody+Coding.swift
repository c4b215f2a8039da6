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
        func begin(_ kind: EventKind, _ command: CommandID? = nil) {
            writer.write(byte: kind.rawValue)
            if let command { writer.write(count: command.number) }
        }
        switch self {
        case .started(let started):
            begin(.started)
            writer.write(started.workflow)
            writer.write(started.queue.rawValue)
            writer.write(started.input)
        case .activityCompleted(let command, let result):
            begin(.activityCompleted, command)
            writer.write(result)
        case .activityFailed(let command, let failure):
            begin(.activityFailed, command)
            writer.write(failure)
        case .timerFired(let command): begin(.timerFired, command)
        case .signalReceived(let name, let payload):
            begin(.signalReceived)
            writer.write(name)
            writer.write(payload)
        case .cancelRequested(let reason):
            begin(.cancelRequested)
            writer.write(reason)
        case .activityScheduled(let scheduled):
            begin(.activityScheduled, scheduled.command)
            writer.write(scheduled.name)
            writer.write(scheduled.queue?.rawValue ?? "")
            writer.write(scheduled.input)
            writer.write(scheduled.retry)
        case .timerScheduled(let scheduled):
            begin(.timerScheduled, scheduled.command)
            writer.write(scheduled.name)
            writer.write(signed: scheduled.due.milliseconds)
        case .timerCancelled(let command): begin(.timerCancelled, command)
        case .sideEffectRecorded(let command, let value):
            begin(.sideEffectRecorded, command)
            writer.write(value)
        case .workflowCompleted(let result):
            begin(.workflowCompleted)
            writer.write(result)
        case .workflowFailed(let failure):
            begin(.workflowFailed)
            writer.write(failure)
        case .workflowCancelled(let failure):
            begin(.workflowCancelled)
            writer.write(failure)
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
        case .started:
            self = .started(
                Started(
                    workflow: try reader.readString(),
                    queue: TaskQueue(try reader.readString()),
                    input: try reader.readPayload()
                )
            )
        case .activityCompleted: self = .activityCompleted(try reader.readCommand(), try reader.readPayload())
        case .activityFailed: self = .activityFailed(try reader.readCommand(), try reader.readFailure())
        case .timerFired: self = .timerFired(try reader.readCommand())
        case .signalReceived: self = .signalReceived(name: try reader.readString(), try reader.readPayload())
        case .cancelRequested: self = .cancelRequested(reason: try reader.readString())
        case .activityScheduled:
            let command = try reader.readCommand()
            let name = try reader.readString()
            let queue = try reader.readString()
            self = .activityScheduled(
                ActivityScheduled(
                    command: command,
                    name: name,
                    queue: queue.isEmpty ? nil : TaskQueue(queue),
                    input: try reader.readPayload(),
                    retry: try reader.readRetryPolicy()
                )
            )
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
        }
        guard reader.isAtEnd else { throw .malformed("more than the event \(kind) has fields for") }
    }
}
