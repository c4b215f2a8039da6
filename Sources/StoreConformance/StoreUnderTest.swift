package import AloftCore

/// A kind of store, and what the suite must be able to do with it besides calling it.
package struct StoreUnderTest: Sendable {
    /// Durations that suit the store: long under virtual time, short where time really passes.
    package struct Times: Sendable {
        /// The unit of timers and delays.
        package var step: Duration
        /// The lease where workers are to die.
        package var lease: Duration
        /// The retention where it is to pass.
        package var retention: Duration

        package init(step: Duration, lease: Duration, retention: Duration) {
            self.step = step
            self.lease = lease
            self.retention = retention
        }

        /// For a store whose time is moved by the suite.
        package static let virtual = Times(step: .seconds(1), lease: .seconds(10), retention: .seconds(3600))
        /// For a store whose time is real.
        package static let real = Times(
            step: .milliseconds(20),
            lease: .milliseconds(300),
            retention: .milliseconds(50)
        )
    }

    /// How a check wants its store to be made.
    package struct Settings: Hashable, Sendable {
        package var leaseDuration: Duration = .seconds(10)
        package var retention: Duration = .seconds(48 * 3600)
        package var payloadLimit = 1024 * 1024
        package var historyLimit = 50_000
        package var inboxLimit = 10_000
        /// How long the history of an execution is kept that has continued as new.
        package var continuedRetention: Duration = .zero

        package init() {}
    }

    package var times: Times
    /// Whether time stands still unless it is passed, so that moments can be predicted to the millisecond.
    package var isVirtual: Bool
    /// Makes an empty store that shares nothing with any other.
    package var makeStore: @Sendable (Settings) async throws -> any WorkflowStore
    /// Lets at least so much of the store's time go by.
    package var passTime: @Sendable (any WorkflowStore, Duration) async throws -> Void
    /// Waits until whatever instances have done to each other has arrived; `nil`: it has when a call returns.
    package var settle: (@Sendable (any WorkflowStore) async throws -> Void)?
    /// How many things the store keeps (keys, entries), for checks that nothing is left; `nil`: cannot be told.
    package var footprint: (@Sendable (any WorkflowStore) async throws -> Int)?
    /// What contradicts the invariants of the store, in words; called when a check is done.
    package var audit: @Sendable (any WorkflowStore) async throws -> [String]
    /// Puts away a store that ``makeStore`` made.
    package var close: @Sendable (any WorkflowStore) async -> Void

    package init(
        times: Times,
        isVirtual: Bool,
        makeStore: @escaping @Sendable (Settings) async throws -> any WorkflowStore,
        passTime: @escaping @Sendable (any WorkflowStore, Duration) async throws -> Void,
        settle: (@Sendable (any WorkflowStore) async throws -> Void)? = nil,
        footprint: (@Sendable (any WorkflowStore) async throws -> Int)? = nil,
        audit: @escaping @Sendable (any WorkflowStore) async throws -> [String] = { _ in [] },
        close: @escaping @Sendable (any WorkflowStore) async -> Void = { _ in }
    ) {
        self.times = times
        self.isVirtual = isVirtual
        self.makeStore = makeStore
        self.passTime = passTime
        self.settle = settle
        self.footprint = footprint
        self.audit = audit
        self.close = close
    }
}
