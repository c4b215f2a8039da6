import AloftCore

extension EventSamples {
    private static let parent = ParentLink(instance: "p", execution: "e", command: CommandID(300))

    /// Events of instances that have to do with each other, and of the ends that stores write.
    static let instances: [(body: EventBody, bytes: [UInt8])] = [
        (
            .started(.init(workflow: "W", queue: "q", input: .none, parent: parent)),
            [1, 1, 1, 0x57, 1, 0x71, 0, 0, 1, 1, 0x70, 1, 0x65, 0xac, 0x02]
        ),
        (
            .started(.init(workflow: "W", queue: "q", input: .none, continuedFrom: "c")),
            [1, 1, 1, 0x57, 1, 0x71, 0, 0, 2, 1, 0x63]
        ),
        (
            .started(.init(workflow: "W", queue: "q", input: .none, isCancelled: true)),
            [1, 1, 1, 0x57, 1, 0x71, 0, 0, 4]
        ),
        (
            .started(
                .init(
                    workflow: "W",
                    queue: "q",
                    input: .none,
                    parent: parent,
                    continuedFrom: "c",
                    isCancelled: true
                )
            ),
            [1, 1, 1, 0x57, 1, 0x71, 0, 0, 7, 1, 0x70, 1, 0x65, 0xac, 0x02, 1, 0x63]
        ),
        (
            .activityScheduled(
                .init(
                    command: CommandID(1),
                    name: "a",
                    queue: nil,
                    input: .none,
                    retry: .default,
                    startToCloseTimeout: .seconds(1)
                )
            ),
            [1, 64, 1, 1, 0x61, 0, 0, 0, 0, 1, 0xd0, 0x0f]
        ),
        (
            .subWorkflowCompleted(CommandID(3), Payload(bytes: [0x31], encoding: .json)),
            [1, 7, 3, 1, 1, 0x31]
        ),
        (
            .subWorkflowFailed(CommandID(3), Failure(kind: .alreadyExists, type: "T", message: "m")),
            [1, 8, 3, 5, 0, 1, 0x54, 1, 0x6d, 0]
        ),
        (.signalDelivered(CommandID(4)), [1, 9, 4]),
        (
            .signalFailed(CommandID(4), Failure(kind: .notFound, type: "T", message: "")),
            [1, 10, 4, 6, 0, 1, 0x54, 0, 0]
        ),
        (
            .subWorkflowScheduled(
                .init(command: CommandID(3), workflow: "W", instance: "i", execution: "e", input: .none)
            ),
            [1, 71, 3, 1, 0x57, 1, 0x69, 1, 0x65, 0, 0, 0, 0, 0, 0, 0]
        ),
        (
            .subWorkflowScheduled(
                .init(
                    command: CommandID(3),
                    workflow: "W",
                    instance: "i",
                    execution: "e",
                    queue: "q",
                    input: Payload(bytes: [0x31], encoding: .json),
                    closePolicy: .abandon,
                    retention: .milliseconds(2),
                    executionTimeout: .zero,
                    memo: ["b": "2", "a": "1"]
                )
            ),
            [1, 71, 3, 1, 0x57, 1, 0x69, 1, 0x65, 1, 0x71, 1, 1, 0x31, 2, 1, 4, 1, 0]
                + [2, 1, 0x61, 1, 0x31, 1, 0x62, 1, 0x32]
        ),
        (.subWorkflowCancelRequested(CommandID(3)), [1, 72, 3]),
        (
            .signalScheduled(.init(command: CommandID(4), instance: "i", name: "s", payload: .none)),
            [1, 73, 4, 1, 0x69, 1, 0x73, 0, 0]
        ),
        (.continuedAsNew(.init(execution: "e", input: .none)), [1, 74, 1, 0x65, 0, 0]),
        (
            .workflowTerminated(Failure(kind: .terminated, type: "T", message: "m")),
            [1, 75, 4, 0, 1, 0x54, 1, 0x6d, 0]
        ),
        (
            .workflowTimedOut(Failure(kind: .timeout, type: "T", message: "m")),
            [1, 76, 1, 0, 1, 0x54, 1, 0x6d, 0]
        ),
    ]
}
