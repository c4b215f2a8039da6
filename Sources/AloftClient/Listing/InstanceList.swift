public import AloftCore

/// The instances that match a filter, newest first.
public struct InstanceList: AsyncSequence, Sendable {
    let store: any WorkflowStore
    let filter: InstanceFilter
    let pageSize: Int

    public func makeAsyncIterator() -> Iterator { Iterator(list: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let list: InstanceList
        private var page: ArraySlice<InstanceState> = []
        private var cursor: InstanceCursor?
        private var isAtEnd = false

        init(list: InstanceList) { self.list = list }

        /// - Throws: `StoreError`; `CancellationError` between two pages.
        public mutating func next() async throws -> InstanceState? {
            while page.isEmpty, !isAtEnd {
                try Task.checkCancellation()
                let next = try await list.store.instances(matching: list.filter, after: cursor, limit: list.pageSize)
                page = next.instances[...]
                cursor = next.next
                isAtEnd = next.next == nil
            }
            return page.popFirst()
        }
    }
}
