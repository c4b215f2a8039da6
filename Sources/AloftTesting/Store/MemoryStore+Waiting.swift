internal import AloftCore
internal import Synchronization

extension MemoryStore {
    /// Carries out one call and wakes whoever waited for what it did.
    func update<Answer: Sendable>(
        _ change: (inout MemoryState) throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        try access { contents throws(StoreError) in try change(&contents.state) }
    }

    /// Takes what there is; if that is nothing, waits for something to come to one of the places and tries again.
    func poll<Item: Sendable>(
        for worker: WorkerID,
        at places: [QueuePlace],
        _ take: (inout MemoryState) throws(StoreError) -> [Item]
    ) async throws(StoreError) -> [Item] {
        let end = time.elapsed + pollLimit
        while true {
            guard !Task.isCancelled else { throw .waitCancelled }
            let poll = WaitingRoom.Poll()
            let (items, isOver) = try access { contents throws(StoreError) -> ([Item], Bool) in
                let items = try take(&contents.state)
                let isOver = !items.isEmpty || time.elapsed >= end
                // Under the same lock, so that nothing comes unnoticed in between.
                if !isOver { contents.waiting.add(poll, of: worker, at: places) }
                return (items, isOver)
            }
            if isOver { return items }
            switch await wait(for: poll, until: end) {
            case .woken: continue
            case .limit: return []
            case .cancelled: throw .waitCancelled
            }
        }
    }

    private func access<Answer: Sendable>(
        _ change: (inout Contents) throws(StoreError) -> Answer
    ) throws(StoreError) -> Answer {
        let (answer, wakings) = try contents.withLock {
            contents throws(StoreError) -> (Answer, [@Sendable () -> Void]) in
            contents.state.now = max(contents.state.now, time.now)
            let answer = try change(&contents)
            return (answer, contents.waiting.letGo(contents.state.takeWakes()))
        }
        for wake in wakings { wake() }
        return answer
    }

    private func wait(for poll: WaitingRoom.Poll, until end: Duration) async -> WaitingRoom.PollEnd {
        let pollEnd = await withTaskGroup { group in
            group.addTask { [time] in
                await time.pause(until: end)
                // A pause that was cut short is no limit: whoever cancelled is to hear of it.
                if !Task.isCancelled { poll.bring(.limit) }
            }
            defer { group.cancelAll() }
            return await poll.value(ifCancelled: .cancelled)
        }
        contents.withLock { $0.waiting.remove(poll) }
        return pollEnd
    }
}

extension StoreError {
    static let waitCancelled = StoreError(.cancelled, "the waiting task was cancelled")
}
