public import AloftCore
internal import DequeModule

extension MemoryStore: OperatorLog {
    public func note(_ action: OperatorAction) async throws(StoreError) {
        try update { state throws(StoreError) in
            state.actions.prepend(action.bounded)
            if state.actions.count > Self.keptActions { state.actions.removeLast() }
        }
    }

    public func lastActions(_ limit: Int) async throws(StoreError) -> [OperatorAction] {
        try update { state throws(StoreError) in Array(state.actions.prefix(max(0, limit))) }
    }
}
