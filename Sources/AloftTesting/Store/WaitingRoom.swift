internal import AloftCore

/// Who waits for something to happen in a memory store.
struct WaitingRoom: Sendable {
    /// How a wait for tasks ended.
    enum PollEnd: Sendable {
        case woken
        case limit
        case cancelled
    }

    typealias Poll = Handoff<PollEnd>
    typealias Awaiting = Handoff<Result<Completion, StoreError>>

    private struct Poller: Sendable {
        var worker: WorkerID
        var places: Set<QueuePlace>
        var poll: Poll
    }

    /// In the order in which they came.
    private var pollers: [Poller] = []
    private var awaiting: [InstanceID: [Awaiting]] = [:]

    var count: Int { pollers.count + awaiting.values.reduce(0) { $0 + $1.count } }

    mutating func add(_ poll: Poll, of worker: WorkerID, at places: [QueuePlace]) {
        pollers.append(Poller(worker: worker, places: Set(places), poll: poll))
    }

    mutating func add(_ waiter: Awaiting, for instance: InstanceID) {
        awaiting[instance, default: []].append(waiter)
    }

    mutating func remove(_ poll: Poll) { pollers.removeAll { $0.poll === poll } }

    mutating func remove(_ waiter: Awaiting, for instance: InstanceID) {
        awaiting[instance]?.removeAll { $0 === waiter }
        if awaiting[instance]?.isEmpty == true { awaiting[instance] = nil }
    }

    /// Lets those go who waited for this; the answer wakes them, and is to be called without a lock.
    mutating func letGo(_ wakes: [MemoryState.Wake]) -> [@Sendable () -> Void] {
        var wakings: [@Sendable () -> Void] = []
        for wake in wakes {
            switch wake {
            case .queued(let place): wakings += letGoPollers { $0.places.contains(place) }
            case .workerGone(let worker): wakings += letGoPollers { $0.worker == worker }
            case .finished(let instance, let completion):
                wakings += letGoAwaiting(instance, with: .success(completion))
            case .removed(let instance):
                wakings += letGoAwaiting(instance, with: .failure(.notFound(instance)))
            }
        }
        return wakings
    }

    private mutating func letGoPollers(where isConcerned: (Poller) -> Bool) -> [@Sendable () -> Void] {
        let concerned = pollers.filter(isConcerned).map(\.poll)
        guard !concerned.isEmpty else { return [] }
        pollers.removeAll(where: isConcerned)
        return concerned.map { poll in { poll.bring(.woken) } }
    }

    private mutating func letGoAwaiting(
        _ instance: InstanceID,
        with result: Result<Completion, StoreError>
    ) -> [@Sendable () -> Void] {
        guard let concerned = awaiting.removeValue(forKey: instance) else { return [] }
        return concerned.map { waiter in { waiter.bring(result) } }
    }
}
