import Aloft
import Foundation

/// A workflow that does, in many tasks at once, whatever workflow code may do; what and in which order follows from a seed.
struct RandomProgram: Workflow {
    struct Plan: Codable, Sendable {
        var seed: Int
        var generation = 0
    }

    struct Oops: Error, Codable { let place: String }

    func run(_ context: WorkflowContext, _ plan: Plan) async throws -> [String] {
        let scene = Scene(context, plan)
        var random = SeededGenerator(seed: "end of \(plan.seed)/\(plan.generation)")
        do {
            try await scene.act("main", depth: 0)
            if Int.random(in: 0..<3, using: &random) == 0 { try await scene.awaitFutures() }
        } catch {
            try scene.pass(error)
            scene.note("main ended by \(type(of: error))")
            try await context.shielded { try await scene.act("clean-up", depth: 2) }
            if Bool.random(using: &random) { throw error }
        }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: throw Oops(place: scene.lines.joined(separator: "\n"))
        case 1, 2:
            // What the code saw goes along, so that it is compared.
            let digest = Int(truncatingIfNeeded: StableHash.of(scene.lines.joined(separator: "\n")))
            throw context.continueAsNew(Plan(seed: digest, generation: plan.generation + 1))
        default: return scene.lines
        }
    }
}

/// What the tasks of one run share.
final class Scene: Sendable {
    let context: WorkflowContext
    private let plan: RandomProgram.Plan
    private let log = Shared<[String]>([])
    let channels: [Channel<Int>]
    let promises: [WorkflowPromise<Int>]
    let group: WaitGroup
    let futures = Shared<[WorkflowFuture<Int>]>([])
    let children = Shared<[SubWorkflowHandle<Int>]>([])
    let counter = Shared(0)

    init(_ context: WorkflowContext, _ plan: RandomProgram.Plan) {
        self.context = context
        self.plan = plan
        channels = [0, 0, 1, 3].map { context.channel(of: Int.self, capacity: $0) }
        promises = (0..<4).map { _ in context.promise(of: Int.self) }
        group = context.waitGroup()
    }

    var lines: [String] { log.value }

    func note(_ line: String) {
        let time = Int(context.now.timeIntervalSince1970 * 1000)
        log.update { $0.append("\(line) after \(context.historyLength) at \(time)") }
    }

    /// The errors that must pass: those that are not of the program's own doing.
    func pass(_ error: any Error) throws {
        if error is ExecutionHalted || error is OutsideCall { throw error }
    }

    /// A few steps, one after the other.
    func act(_ path: String, depth: Int) async throws {
        var random = SeededGenerator(seed: "\(plan.seed)/\(plan.generation)/\(path)")
        for number in 0..<Int.random(in: 1...(depth == 0 ? 8 : 4), using: &random) {
            let place = "\(path).\(number)"
            do {
                note("\(place): \(try await step(place, depth: depth, &random))")
            } catch {
                try pass(error)
                note("\(place) threw \(type(of: error))")
                if error is CancellationError, Int.random(in: 0..<4, using: &random) > 0 { throw error }
            }
        }
    }

    func awaitFutures() async throws {
        for future in futures.value { note("\(try await future.value)") }
    }

    private func step(_ place: String, depth: Int, _ random: inout SeededGenerator) async throws -> String {
        let kind = Int.random(in: 0..<6, using: &random)
        return switch kind {
        case 0: try await eventStep(place, &random)
        case 1: try await timedStep(place, &random)
        case 2: try await childStep(place, &random)
        case 3: try await channelStep(place, &random)
        case 4 where depth < 3: try await taskStep(place, depth: depth, &random)
        case 5: try await selectStep(place, &random)
        default: try await futureStep(place, depth: depth, &random)
        }
    }
}
