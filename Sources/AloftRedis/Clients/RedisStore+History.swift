public import AloftCore
import RedisClient

extension RedisStore {
    /// The most bytes of one answer, roughly: one batch may be larger.
    private static let pageBytes = 4 << 20

    public func history(
        of instance: InstanceID,
        execution: ExecutionID?,
        after number: Int,
        limit: Int
    ) async throws(StoreError) -> [Event] {
        try instance.validated()
        try execution?.validated()
        let page = try await page(of: instance, execution, from: .event(max(0, number)), limit: max(1, limit))
        return page.events.drop { $0.number <= number }.map(\.self)
    }

    /// The first `batches` batches of a history, checked for gaps.
    func wholeHistory(of instance: InstanceID, batches: Int, length: Int) async throws(StoreError) -> [Event] {
        var events: [Event] = []
        // The length is a field that anybody may have written.
        events.reserveCapacity(min(max(0, length), 5_000))
        var index = 0
        while index < batches {
            let page = try await page(of: instance, nil, from: .batch(index), limit: 5_000)
            guard page.nextBatch > index else {
                throw .corrupt("the history of instance \"\(instance)\" lacks batch \(index) of \(batches)")
            }
            for event in page.events where event.number <= length {
                guard event.number == events.count + 1 else {
                    throw .corrupt(
                        "the history of instance \"\(instance)\" has event \(event.number) where number "
                            + "\(events.count + 1) belongs"
                    )
                }
                events.append(event)
            }
            index = page.nextBatch
        }
        guard events.count == length else {
            throw .corrupt(
                "the history of instance \"\(instance)\" has \(events.count) events, but should have \(length)"
            )
        }
        return events
    }

    private enum Position {
        case batch(Int)
        /// The batch that holds the event after this one.
        case event(Int)
    }

    private struct Page {
        var events: [Event]
        var nextBatch: Int
    }

    private func page(
        of instance: InstanceID,
        _ execution: ExecutionID?,
        from position: Position,
        limit: Int
    ) async throws(StoreError) -> Page {
        let keys = partitions[instance]
        let subject = "reading the history of instance \"\(instance)\""
        let (batch, event) =
            switch position {
            case .batch(let index): (index, 0)
            case .event(let number): (-1, number)
            }
        let value = try await call(
            Scripts.history,
            subject,
            keys: [keys.instance(instance), keys.history(instance)]
                + (execution.map { [keys.history(instance, $0)] } ?? []),
            arguments: [
                RedisArgument(batch), RedisArgument(event), RedisArgument(limit), RedisArgument(Self.pageBytes),
            ] + (execution.map { [RedisArgument($0.rawValue)] } ?? []),
            repetition: .reading
        )
        let reply = try Reply(value, of: subject)
        guard try reply.int(0) == 1 else { throw .notFound(instance, execution) }
        var events: [Event] = []
        for index in 4..<max(4, reply.count) {
            events += try Self.decode(batch: try reply.bytes(index), of: instance)
        }
        return Page(events: events, nextBatch: try reply.int(2))
    }

    static func decode(batch: [UInt8], of instance: InstanceID) throws(StoreError) -> [Event] {
        do {
            return try EventBatch.decode(batch)
        } catch {
            throw StoreError(error, in: "the history of instance \"\(instance)\"")
        }
    }
}
