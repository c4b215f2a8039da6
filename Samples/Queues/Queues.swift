// One thing: where things run. A worker serves the queues it names; this one stands for three machines.
import Aloft
import SampleKit

struct Render: Activity {
    func run(_ context: ActivityContext, _ scene: String) async throws -> String {
        "\(scene) rendered on \(context.queue)"
    }
}

struct Film: Workflow {
    func run(_ context: WorkflowContext) async throws -> [String] {
        [
            // On the queue of the instance.
            try await context.activity(Render.self, "title"),
            // On the machines that serve another queue, with graphics cards perhaps.
            try await context.activity(Render.self, "battle", options: ActivityOptions(queue: "gpu")),
            // A sub-workflow moves as a whole: its activities follow it.
            try await context.subWorkflow(Credits.self, options: SubWorkflowOptions(queue: "night")),
        ]
    }
}

struct Credits: Workflow {
    func run(_ context: WorkflowContext) async throws -> String { try await context.activity(Render.self, "credits") }
}

@main struct Queues {
    static func main() async throws {
        try await withAloft(queues: ["samples", "gpu", "night"]) {
            Film.self
            Credits.self
            Render()
        } body: { client in
            for line in try await client.start(Film.self, queue: "samples").result() { print(line) }
        }
    }
}
