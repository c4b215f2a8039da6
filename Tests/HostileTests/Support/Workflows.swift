import Aloft
import AloftRedis

/// Does a bit of everything: waits for a signal, runs an activity, sleeps, runs a sub-workflow.
struct Everything: Workflow {
    static let go = Signal<String>("go")

    func run(_ context: WorkflowContext, _ text: String) async throws -> String {
        let word = try await context.receive(Self.go)
        let shouted = try await context.activity(ActivityReference<String, String>("shout"), text)
        try await context.sleep(for: .milliseconds(5))
        let echoed = try await context.subWorkflow(Echo.self, word)
        return "\(shouted) \(echoed)"
    }

    static let components: [WorkerComponent] = [
        .workflow(Everything.self), .workflow(Echo.self),
        .activity(ActivityFunction("shout") { (text: String) in text.uppercased() }),
    ]
}

struct Echo: Workflow {
    func run(_ context: WorkflowContext, _ text: String) async throws -> String { text }
}
