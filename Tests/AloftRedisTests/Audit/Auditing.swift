import AloftCore
import AloftRedis
import RedisClient
import Testing

extension WorkflowStore {
    /// A whole audit; a finding that two steps came upon is in it once.
    func audit(repair: Bool = false) async throws -> AuditReport {
        var whole = AuditReport()
        var seen: Set<AuditFinding> = []
        repeat {
            let part = try await audit(after: whole.next, limit: 20, repair: repair)
            whole.instances += part.instances
            whole.findings += part.findings.filter { seen.insert($0).inserted }
            whole.next = part.next
        } while whole.next != nil
        return whole
    }

    /// Whatever contradicts the invariants, in words: what an audit finds and, since that does not read whole histories,
    /// their gaps.
    func complaints() async throws -> [String] {
        var complaints = try await audit().findings.map(\.description)
        var cursor: InstanceCursor?
        repeat {
            let page = try await instances(matching: InstanceFilter(), after: cursor, limit: 500)
            for state in page.instances { complaints += try await gaps(of: state.instance) }
            cursor = page.next
        } while cursor != nil
        return complaints
    }

    private func gaps(of instance: InstanceID) async throws -> [String] {
        var complaints: [String] = []
        var number = 0
        do throws(StoreError) {
            while true {
                let events = try await history(of: instance, after: number, limit: 1_000)
                if events.isEmpty { return complaints }
                for event in events {
                    number += 1
                    if event.number != number {
                        complaints.append("\(instance) has event \(event.number) as number \(number)")
                    }
                }
            }
        } catch {
            // It has expired since it was listed.
            guard error.code == .instanceNotFound else { throw error }
            return complaints
        }
    }
}

extension Bench {
    /// Everything that there is, byte by byte.
    func snapshot() async throws -> [String: [UInt8]] {
        var snapshot: [String: [UInt8]] = [:]
        for key in try await run("KEYS", "*").array {
            let name = try key.string
            var bytes = try await run("DUMP", RedisArgument(name)).bytes
            let left = try await integer("PTTL", RedisArgument(name))
            bytes.append(left == -1 ? 0 : 1)
            snapshot[name] = bytes
        }
        return snapshot
    }

    func key(_ rest: String) -> RedisArgument { RedisArgument("{aloft:0}:" + rest) }

    /// Lets time and a worker go on until an instance has finished, as a workflow does that ends with its first inputs.
    func drive(_ instance: InstanceID, by worker: HandWorker) async throws -> InstanceState {
        var state: InstanceState?
        try await eventually("\(instance) finishes") {
            _ = try await store.tick(by: worker.id)
            for activity in try await worker.activities(limit: 50) {
                _ = try await store.finish(activity, by: worker.id, outcome: .completed(payload("worked")))
            }
            for task in try await worker.tasks(limit: 50) {
                guard let loaded = try await store.load(task) else { continue }
                let result = loaded.inbox.map { "\($0.body.shortName)" }.joined(separator: ", ")
                let end = worker.transition(
                    of: task,
                    after: loaded.history.count,
                    inputs: loaded.inbox,
                    outputs: [.workflowCompleted(payload(result))]
                )
                _ = try await store.commit(end)
            }
            state = try await store.state(of: instance)
            return state?.status.isFinished ?? false
        }
        return try #require(state)
    }

    /// How an instance ended, in a word or two.
    func result(of instance: InstanceID) async throws -> String {
        guard let last = try await store.history(of: instance, after: 0, limit: 10_000).last else { return "nothing" }
        switch last.body {
        case .workflowCompleted(let payload): return String(decoding: payload.bytes, as: UTF8.self)
        default: return last.body.shortName
        }
    }
}

extension EventBody {
    fileprivate var shortName: String {
        switch self {
        case .started: "started"
        case .activityCompleted(let command, _): "activity \(command)"
        case .timerFired(let command): "timer \(command)"
        case .signalReceived: "signal"
        case .subWorkflowCompleted(let command, _): "sub-workflow \(command)"
        case .subWorkflowFailed(let command, let failure): "sub-workflow \(command) \(failure.kind)"
        case .workflowTimedOut: "timed out"
        case .workflowTerminated: "terminated"
        default: "something else"
        }
    }
}
