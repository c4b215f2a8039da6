internal import Aloft
internal import AloftCore

// Moving what has been started.
extension WorkflowTester {
    /// Lets virtual time pass: runs everything that is due in it, in order, and stops where nothing is left to do.
    ///
    /// An instance that waits is no error here. Zero: runs what can be run without waiting.
    /// - Throws: ``TesterError``; the clock stands where it was found then.
    public func advance(by duration: Duration) async throws {
        let end = store.now + duration
        try await move { loop in
            while try await loop.moveOn(upTo: end) {}
            loop.moveClock(to: end)
            try await loop.forget()
        }
    }

    /// Runs everything in virtual time until an instance has ended.
    func completion(of instance: InstanceID) async throws -> Completion {
        let limit = store.now + timeLimit
        return try await move { loop in
            while true {
                try await loop.settle()
                if try await isFinished(instance) { break }
                guard try await loop.moveOn(upTo: limit) else {
                    guard let next = loop.nextMoment else { throw try await stall(of: instance) }
                    throw timeLimitPassed(instance, next: next)
                }
            }
            return try await store.completion(of: instance)
        }
    }

    private func isFinished(_ instance: InstanceID) async throws -> Bool {
        guard let state = try await store.state(of: instance) else {
            throw StoreError(
                .instanceNotFound,
                "there is no instance \(instance): it was removed, or its retention has passed"
            )
        }
        return state.status.isFinished
    }

    private func timeLimitPassed(_ instance: InstanceID, next: Timestamp) -> TesterError {
        TesterError(
            .timeLimit,
            "instance \(instance) has not ended after \(timeLimit) of virtual time, and the next thing is due at "
                + "\(next.text); make the tester with a longer timeLimit if that is right"
        )
    }

    /// One call at a time moves the instances.
    private func move<Value>(_ body: (inout TesterLoop) async throws -> Value) async throws -> Value {
        let components = withState { state -> [WorkerComponent]? in
            guard !state.isMoving else { return nil }
            state.isMoving = true
            return state.components
        }
        guard let components else {
            throw TesterError(
                .busy,
                "the tester runs already; a callback or a mock may start, signal and cancel instances and look at them, "
                    + "but not run them"
            )
        }
        defer { withState { $0.isMoving = false } }
        var loop = try TesterLoop(tester: self, registry: Registry(components, coder: coder))
        _ = try await store.beat(loop.registration, isFirst: true)
        return try await body(&loop)
    }
}
