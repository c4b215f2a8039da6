// The parts of events that tell of instances. Layouts are stored: append fields, never reorder. An event ends where its bytes
// do, so trailing fields are left out while they say nothing: what was stored before they existed reads as before.

extension ByteWriter {
    mutating func write(_ started: EventBody.Started) {
        write(started.workflow)
        write(started.queue.rawValue)
        write(started.input)
        let flags: UInt8 =
            (started.parent != nil ? 1 : 0) | (started.continuedFrom != nil ? 2 : 0) | (started.isCancelled ? 4 : 0)
            | (started.headers.isEmpty ? 0 : 8)
        guard flags != 0 else { return }
        write(byte: flags)
        if let parent = started.parent { write(parent) }
        if let continuedFrom = started.continuedFrom { write(continuedFrom.rawValue) }
        write(trailing: started.headers)
    }

    mutating func write(_ parent: ParentLink) {
        write(parent.instance.rawValue)
        write(parent.execution.rawValue)
        write(count: parent.command.number)
    }

    mutating func write(_ scheduled: EventBody.SubWorkflowScheduled) {
        write(scheduled.workflow)
        write(scheduled.instance.rawValue)
        write(scheduled.execution.rawValue)
        write(scheduled.queue?.rawValue ?? "")
        write(scheduled.input)
        write(byte: scheduled.closePolicy.rawValue)
        write(optional: scheduled.retention)
        write(optional: scheduled.executionTimeout)
        write(table: scheduled.memo)
        write(trailing: scheduled.headers)
    }

    mutating func write(trailing headers: ContextHeaders) {
        if !headers.isEmpty { write(table: headers) }
    }

    /// Nothing is one byte.
    mutating func write(optional duration: Duration?) {
        write(byte: duration == nil ? 0 : 1)
        if let duration { write(signed: duration.wholeMilliseconds) }
    }

    /// In the order of the keys, so that equal tables have equal bytes.
    mutating func write(table: [String: String]) {
        write(count: table.count)
        for (key, value) in table.sorted(by: { $0.key < $1.key }) {
            write(key)
            write(value)
        }
    }
}

extension ByteReader {
    mutating func readStarted() throws(EventCodingError) -> EventBody.Started {
        var started = EventBody.Started(
            workflow: try readString(),
            queue: TaskQueue(try readString()),
            input: try readPayload()
        )
        guard !isAtEnd else { return started }
        let flags = try readByte()
        // Fields that say nothing are left out; a flag that is unknown is of an event that this code cannot read.
        guard (1...15).contains(flags) else { throw .malformed("a start with flags \(flags)") }
        if flags & 1 != 0 { started.parent = try readParentLink() }
        if flags & 2 != 0 { started.continuedFrom = ExecutionID(try readString()) }
        started.isCancelled = flags & 4 != 0
        if flags & 8 != 0 { started.headers = try readHeaders() }
        return started
    }

    mutating func readParentLink() throws(EventCodingError) -> ParentLink {
        ParentLink(
            instance: InstanceID(try readString()),
            execution: ExecutionID(try readString()),
            command: try readCommand()
        )
    }

    mutating func readSubWorkflowScheduled() throws(EventCodingError) -> EventBody.SubWorkflowScheduled {
        let command = try readCommand()
        let workflow = try readString()
        let instance = InstanceID(try readString())
        let execution = ExecutionID(try readString())
        let queue = try readString()
        let input = try readPayload()
        let policy = try readByte()
        guard let closePolicy = ParentClosePolicy(rawValue: policy) else {
            throw .malformed("a parent close policy \(policy)")
        }
        return EventBody.SubWorkflowScheduled(
            command: command,
            workflow: workflow,
            instance: instance,
            execution: execution,
            queue: queue.isEmpty ? nil : TaskQueue(queue),
            input: input,
            closePolicy: closePolicy,
            retention: try readOptionalDuration(),
            executionTimeout: try readOptionalDuration(),
            memo: try readTable(),
            headers: try readTrailingHeaders()
        )
    }

    mutating func readOptionalDuration() throws(EventCodingError) -> Duration? {
        guard try readByte() != 0 else { return nil }
        return .milliseconds(try readSigned())
    }

    /// Those that stand at the end of an event, where there are any.
    mutating func readTrailingHeaders() throws(EventCodingError) -> ContextHeaders { isAtEnd ? [:] : try readHeaders() }

    /// An event has one form: headers that are none are left out.
    private mutating func readHeaders() throws(EventCodingError) -> ContextHeaders {
        let headers = try readTable()
        guard !headers.isEmpty else { throw .malformed("headers that are none") }
        return headers
    }

    mutating func readTable() throws(EventCodingError) -> [String: String] {
        var table: [String: String] = [:]
        for _ in 0..<(try readCount()) {
            let key = try readString()
            table[key] = try readString()
        }
        return table
    }
}
