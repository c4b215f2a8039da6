// One thing: where things run. Each worker serves the queues it names; this one stands for three machines.
import Aloft
import SampleKit

struct Render: Activity {
    func run(_ context: ActivityContext, _ frame: Int) async throws -> String { "frame \(frame) on \(context.queue)" }
}

struct Film: Workflow {
    func run(_ context: WorkflowContext, _ frames: Int) async throws -> [String] {
        // Inherits the queue of the instance, "samples".
        var done = [try await context.activity(Render.self, 0)]
        // Goes to the machines with graphics cards.
        for frame in 1..<frames {
            done.append(try await context.activity(Render.self, frame, options: .init(queue: "gpu")))
        }
        // A sub-workflow moves house as a whole: its activities follow it.
        done.append(try await context.subWorkflow(Credits.self, options: .init(queue: "night")))
        return done
    }
}

struct Credits: Workflow {
    func run(_ context: WorkflowContext) async throws -> String { try await context.activity(Render.self, 99) }
}

@main struct Queues {
    static func main() async throws {
        try await withAloft(queues: ["samples", "gpu", "night"]) {
            Film.self
            Credits.self
            Render()
        } body: { client in
            for line in try await client.start(Film.self, 3, queue: "samples").result() { print(line) }
        }
    }
}
