import AloftCore

/// Events of every kind, with their stored bytes: histories outlive releases, so these never change.
enum EventSamples {
    static let failure = Failure(
        kind: .timeout,
        type: "T",
        message: "m",
        details: Payload(bytes: [0x31], encoding: .json),
        isPermanent: true,
        causes: [.init(type: "C", message: "c")],
        backtrace: "b"
    )

    static let stored: [(body: EventBody, bytes: [UInt8])] = [
        (
            .started(.init(workflow: "W", queue: "q", input: Payload(bytes: [0x31], encoding: .json))),
            [1, 1, 1, 0x57, 1, 0x71, 1, 1, 0x31]
        ),
        (.activityCompleted(CommandID(300), .none), [1, 2, 0xac, 0x02, 0, 0]),
        (
            .activityFailed(CommandID(1), failure),
            [1, 3, 1, 1, 7, 1, 0x54, 1, 0x6d, 1, 1, 0x31, 1, 0x62, 1, 1, 0x43, 1, 0x63]
        ),
        (.timerFired(CommandID(7)), [1, 4, 7]),
        (
            .signalReceived(name: "s", Payload(bytes: [0xff], encoding: "raw")),
            [1, 5, 1, 0x73, 255, 3, 0x72, 0x61, 0x77, 1, 0xff]
        ),
        (.cancelRequested(reason: "é"), [1, 6, 2, 0xc3, 0xa9]),
        (
            .activityScheduled(.init(command: CommandID(1), name: "a", queue: nil, input: .none, retry: .default)),
            [1, 64, 1, 1, 0x61, 0, 0, 0, 0]
        ),
        (
            .activityScheduled(.init(command: CommandID(1), name: "a", queue: "q", input: .none, retry: .none)),
            [1, 64, 1, 1, 0x61, 1, 0x71, 0, 0, 1, 1]
                + [0xd0, 0x0f] + [0, 0, 0, 0, 0, 0, 0, 0x40] + [0xc0, 0xa9, 0x07] + [0, 0, 0, 0, 0, 0, 0, 0] + [0]
        ),
        (
            .timerScheduled(.init(command: CommandID(2), name: "t", due: Timestamp(milliseconds: -1))),
            [1, 65, 2, 1, 0x74, 1]
        ),
        (.timerCancelled(CommandID(2)), [1, 66, 2]),
        (.sideEffectRecorded(CommandID(0), .none), [1, 67, 0, 0, 0]),
        (.workflowCompleted(.none), [1, 68, 0, 0]),
        (.workflowFailed(Failure(type: "", message: "")), [1, 69, 0, 0, 0, 0, 0]),
        (
            .workflowCancelled(Failure(kind: .init(rawValue: 200), type: "x", message: "")),
            [1, 70, 200, 0, 1, 0x78, 0, 0]
        ),
    ]

    static let bodies = all.map(\.body) + extremes

    static let all = stored + instances + withHeaders

    /// Values at the edges of what can be stored.
    private static let extremes: [EventBody] = [
        .timerFired(CommandID(.max)),
        .timerScheduled(.init(command: CommandID(1), name: "", due: Timestamp(milliseconds: .max))),
        .timerScheduled(.init(command: CommandID(1), name: "", due: Timestamp(milliseconds: .min))),
        .signalReceived(name: "", Payload(bytes: Array(0...255), encoding: "")),
        .cancelRequested(reason: String(repeating: "🕊", count: 1000)),
        .activityScheduled(
            .init(
                command: CommandID(1),
                name: "a",
                queue: "q",
                input: .none,
                retry: RetryPolicy(
                    maximumAttempts: .max,
                    initialInterval: .milliseconds(Int64.max),
                    backoffCoefficient: .infinity,
                    maximumInterval: .milliseconds(-5),
                    jitter: 0.1,
                    nonRetryableTypes: ["A", "", "Ü"]
                )
            )
        ),
        .workflowFailed(
            Failure(
                type: "T",
                message: "",
                details: Payload(bytes: [], encoding: .none),
                causes: (0..<200).map { .init(type: "\($0)", message: "") }
            )
        ),
    ]
}
