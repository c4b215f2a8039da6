import AloftCore
import Testing

@Suite("What events say")
struct EventBodyTests {
    @Test("inputs are stored with numbers below 64, decisions above")
    func inputs() {
        for (body, bytes) in EventSamples.all { #expect(body.isInput == (bytes[1] < 64), "\(body)") }
    }

    @Test("events of a command name it")
    func commands() {
        let withCommand: Set<UInt8> = [2, 3, 4, 7, 8, 9, 10, 64, 65, 66, 67, 71, 72, 73]
        for (body, bytes) in EventSamples.all {
            #expect((body.command != nil) == withCommand.contains(bytes[1]), "\(body)")
        }
        #expect(EventBody.timerFired(CommandID(7)).command == CommandID(7))
    }

    @Test("a completion and its event say the same")
    func completions() {
        let failure = EventSamples.failure
        let completions: [Completion] = [
            .completed(.none), .failed(failure), .cancelled(failure), .terminated(failure), .timedOut(failure),
        ]
        for completion in completions {
            #expect(Completion(completion.event) == completion)
            #expect(completion.status.isFinished)
            #expect(completion.event(forParent: CommandID(1))?.command == CommandID(1))
        }
        #expect(
            Completion.completed(.none).event(forParent: CommandID(1)) == .subWorkflowCompleted(CommandID(1), .none)
        )
        #expect(
            Completion.timedOut(failure).event(forParent: CommandID(1)) == .subWorkflowFailed(CommandID(1), failure)
        )
        #expect(Completion(.timerFired(CommandID(1))) == nil)
        #expect(Completion.completed(.none).status == .completed)
        #expect(Completion.failed(failure).status == .failed)
        #expect(Completion.cancelled(failure).status == .cancelled)
        #expect(!InstanceStatus.running.isFinished)
    }

    @Test("an execution that is continued has an end, its instance has none")
    func continuation() {
        let started = EventBody.Started(workflow: "W", queue: "q", input: Payload(bytes: [0x31], encoding: .json))
        let completion = Completion.continuedAsNew(Continuation(execution: "next", started: started))
        #expect(completion.event == .continuedAsNew(.init(execution: "next", input: started.input)))
        #expect(completion.status == .running)
        #expect(completion.event(forParent: CommandID(1)) == nil)
        #expect(Completion(completion.event) == nil)
    }

    @Test("the size of an event is that of the largest part that a user chose")
    func sizes() {
        let bytes = Payload(bytes: [UInt8](repeating: 0, count: 7), encoding: "bytes")
        var child = EventBody.SubWorkflowScheduled(
            command: CommandID(1),
            workflow: "W",
            instance: "i",
            execution: "e",
            input: bytes
        )
        #expect(EventBody.subWorkflowScheduled(child).largestPayload == 7)
        child.memo = ["é": "1234", "b": "12"]
        #expect(EventBody.subWorkflowScheduled(child).largestPayload == 9)
        #expect(EventBody.subWorkflowCompleted(CommandID(1), bytes).largestPayload == 7)
        #expect(
            EventBody.signalScheduled(.init(command: CommandID(1), instance: "i", name: "s", payload: bytes))
                .largestPayload == 7
        )
        #expect(EventBody.continuedAsNew(.init(execution: "e", input: bytes)).largestPayload == 7)
        #expect(EventBody.workflowTerminated(EventSamples.failure).largestPayload == 1)
        #expect(EventBody.signalDelivered(CommandID(1)).largestPayload == 0)
    }

    @Test("a start is recorded as the first event")
    func start() {
        let start = InstanceStart(instance: "i", workflow: "W", queue: "q", input: .none)
        #expect(start.event == .started(.init(workflow: "W", queue: "q", input: .none)))
    }

    @Test("a worker serves each of its queues once")
    func workerQueues() {
        let worker = WorkerRegistration(workflowQueues: ["a", "b"], activityQueues: ["b", "c"], host: "h")
        #expect(worker.queues == ["a", "b", "c"])
    }
}
