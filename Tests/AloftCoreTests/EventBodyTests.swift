import AloftCore
import Testing

@Suite("What events say")
struct EventBodyTests {
    @Test("inputs are stored with numbers below 64, decisions above")
    func inputs() {
        for (body, bytes) in EventSamples.stored { #expect(body.isInput == (bytes[1] < 64), "\(body)") }
    }

    @Test("events of a command name it")
    func commands() {
        let withCommand: Set<UInt8> = [2, 3, 4, 64, 65, 66, 67]
        for (body, bytes) in EventSamples.stored {
            #expect((body.command != nil) == withCommand.contains(bytes[1]), "\(body)")
        }
        #expect(EventBody.timerFired(CommandID(7)).command == CommandID(7))
    }

    @Test("a completion and its event say the same")
    func completions() {
        let failure = EventSamples.failure
        for completion in [.completed(.none), .failed(failure), .cancelled(failure)] as [Completion] {
            #expect(Completion(completion.event) == completion)
            #expect(completion.status.isFinished)
        }
        #expect(Completion(.timerFired(CommandID(1))) == nil)
        #expect(Completion.completed(.none).status == .completed)
        #expect(Completion.failed(failure).status == .failed)
        #expect(Completion.cancelled(failure).status == .cancelled)
        #expect(!InstanceStatus.running.isFinished)
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
