import Aloft
import ChaosKit
import Foundation

/// Reads the journals and, once told to, looks at every instance that has ended.
struct Watch {
    private let scene: Scene
    private var clients: [JournalReader]
    private var workers: [String: JournalReader] = [:]
    private var finishedClients: Set<Int> = []
    private var acknowledgedIDs: Set<String> = []
    private(set) var acknowledged: [Job] = []
    private(set) var outcomes: [String: Set<Outcome>] = [:]
    private(set) var effects: [Effect] = []
    private(set) var observations: [String: Observation] = [:]
    /// Instances that must end and have not been seen to.
    private(set) var open: Set<String> = []

    init(_ scene: Scene) {
        self.scene = scene
        clients = scene.clients.indices.map { JournalReader(path: "\(scene.folder)/client-\($0).journal") }
    }

    /// Whether clients have nothing left to do and all that was acknowledged has ended.
    var isQuiet: Bool { finishedClients.count == clients.count && open.isEmpty }
    var checker: Checker {
        Checker(acknowledged: acknowledged, observations: observations, outcomes: outcomes, effects: effects)
    }

    /// Takes in what the journals say since the last time.
    mutating func read() throws {
        for index in clients.indices {
            for entry in try clients[index].next() { take(entry, ofClient: index) }
        }
        for name in scene.workers.flatMap(\.names) {
            var reader = workers[name] ?? JournalReader(path: "\(scene.folder)/\(name).journal")
            for case .effect(let effect) in try reader.next() { effects.append(effect) }
            workers[name] = reader
        }
    }

    private mutating func take(_ entry: JournalEntry, ofClient index: Int) {
        switch entry {
        case .acknowledged(let job):
            guard acknowledgedIDs.insert(job.id).inserted else { return }
            acknowledged.append(job)
            open.insert(job.id)
            for child in job.expectation.descendants { open.insert(child.id) }
        case .outcome(let instance, let outcome): outcomes[instance, default: []].insert(outcome)
        case .finished: finishedClients.insert(index)
        case .intent, .effect, .ready, .stopped: break
        }
    }

    /// Starts processes again that have ended by themselves.
    func replaceCrashed() throws {
        for place in scene.workers { try place.replaceIfCrashed() }
        for (index, place) in scene.clients.enumerated() where !finishedClients.contains(index) {
            try place.replaceIfCrashed()
        }
    }

    /// Reads the histories of those that have ended since the last time.
    mutating func observe() async throws {
        let client = WorkflowClient(store: scene.store)
        let found = await withTaskGroup(of: (String, Observation)?.self) { group in
            var waiting = open.sorted()[...]
            for _ in 0..<16 {
                guard let id = waiting.popFirst() else { break }
                group.addTask { await Self.look(at: id, client) }
            }
            var found: [String: Observation] = [:]
            for await result in group {
                if let (id, observation) = result { found[id] = observation }
                if let id = waiting.popFirst() { group.addTask { await Self.look(at: id, client) } }
            }
            return found
        }
        for (id, observation) in found {
            observations[id] = observation
            open.remove(id)
        }
    }

    /// `nil` if it has not ended.
    private static func look(at id: String, _ client: WorkflowClient) async -> (String, Observation)? {
        let handle = client.handle(InstanceID(rawValue: id), returning: Int.self)
        guard let state = try? await handle.state(), state.status.isFinished,
            let history = try? await handle.history(of: state.execution)
        else { return nil }
        return (id, Observation(status: state.status, execution: state.execution, history: history))
    }
}
