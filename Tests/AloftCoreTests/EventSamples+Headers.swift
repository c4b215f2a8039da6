import AloftCore

extension EventSamples {
    private static let table: [UInt8] = [2, 1, 0x61, 1, 0x31, 1, 0x62, 0]
    private static let headers: ContextHeaders = ["b": "", "a": "1"]

    /// Events that carry what crosses with the work. Without it they are one byte shorter than these would be with none: not one
    /// byte is paid by whoever traces nothing.
    static let withHeaders: [(body: EventBody, bytes: [UInt8])] = [
        (
            .started(.init(workflow: "W", queue: "q", input: .none, headers: headers)),
            [1, 1, 1, 0x57, 1, 0x71, 0, 0, 8] + table
        ),
        (
            .started(
                .init(workflow: "W", queue: "q", input: .none, continuedFrom: "c", isCancelled: true, headers: headers)
            ),
            [1, 1, 1, 0x57, 1, 0x71, 0, 0, 14, 1, 0x63] + table
        ),
        (.signalReceived(name: "s", .none, headers: headers), [1, 5, 1, 0x73, 0, 0] + table),
        (
            .activityScheduled(
                .init(command: CommandID(1), name: "a", queue: nil, input: .none, retry: .default, headers: headers)
            ),
            [1, 64, 1, 1, 0x61, 0, 0, 0, 0, 0] + table
        ),
        (
            .activityScheduled(
                .init(
                    command: CommandID(1),
                    name: "a",
                    queue: nil,
                    input: .none,
                    retry: .default,
                    startToCloseTimeout: .seconds(1),
                    headers: headers
                )
            ),
            [1, 64, 1, 1, 0x61, 0, 0, 0, 0, 1, 0xd0, 0x0f] + table
        ),
        (
            .subWorkflowScheduled(
                .init(
                    command: CommandID(3),
                    workflow: "W",
                    instance: "i",
                    execution: "e",
                    input: .none,
                    headers: headers
                )
            ),
            [1, 71, 3, 1, 0x57, 1, 0x69, 1, 0x65, 0, 0, 0, 0, 0, 0, 0] + table
        ),
        (
            .signalScheduled(.init(command: CommandID(4), instance: "i", name: "s", payload: .none, headers: headers)),
            [1, 73, 4, 1, 0x69, 1, 0x73, 0, 0] + table
        ),
    ]
}
