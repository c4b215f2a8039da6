internal import AloftClient
internal import AloftInsight
internal import ArgumentParser

extension Session {
    /// How many calls are under way at a time.
    private static let width = 32

    /// Does something to the instances that were named or selected, and tells of it.
    ///
    /// - Throws: ``Refusal``, also if nobody can be asked; `ExitCode.notWell` if some of several could not be acted on.
    func perform(
        _ action: Action,
        on subjects: Subjects,
        asJSON: Bool,
        canAsk: Bool = Terminal.canAsk,
        ask: (Styled) -> Bool = { Console.confirm($0) }
    ) async throws {
        if subjects.ids.count == 1, let id = subjects.ids.first, !subjects.isDryRun {
            let instance = try InstanceID(id).validated()
            let isDone = try await noting(action.title, id) { try await action.body(instance) }
            if asJSON { return try Console.say("done", json: DoneView(isDone: isDone)) }
            return Console.say(isDone ? "\(id) \(action.past)." : "\(id): there was nothing to do.")
        }
        let ids = try await find(subjects, action)
        if subjects.isDryRun { return try tellDryRun(action, ids, asJSON) }
        if subjects.isByCondition, !subjects.yes, !ids.isEmpty {
            let question: Styled = "\(action.verb) \(Quantity.count(ids.count, "instance"))?"
            guard canAsk else {
                throw Refusal(
                    .validationFailure,
                    "\(Quantity.count(ids.count, "instance")) would be \(action.past); add --yes if that is meant, or look with --dry-run. Nothing was done"
                )
            }
            guard ask(question) else { throw Refusal(.notWell, "nothing was done") }
        }
        let report = try await noting(
            "\(action.title) many",
            Quantity.count(ids.count, "instance"),
            isAboutOne: false,
            outcome: { (report: BulkReport) in "done: \(report.count)" },
            { await carryOut(action, ids, areNamed: !subjects.isByCondition) }
        )
        if asJSON {
            try Console.say("bulk", json: report)
        } else {
            for problem in report.problems { Console.complain("\(problem.id): \(problem.message)") }
            let rest = report.passedOver > 0 ? ", \(Quantity.count(report.passedOver)) passed over" : ""
            Console.say("\(Quantity.count(report.count, "instance")) \(action.past)\(rest).")
        }
        if !report.problems.isEmpty { throw ExitCode.notWell }
    }

    private func find(_ subjects: Subjects, _ action: Action) async throws -> [InstanceID] {
        guard subjects.isByCondition else {
            return try subjects.ids.map { id throws(StoreError) in try InstanceID(id).validated() }
        }
        guard let filter = action.narrowed(subjects.conditions.filter(now: store.now)) else { return [] }
        var ids: [InstanceID] = []
        for try await state in client.instances(matching: filter, pageSize: 500) { ids.append(state.instance) }
        return ids
    }

    private func tellDryRun(_ action: Action, _ ids: [InstanceID], _ asJSON: Bool) throws {
        let names = ids.map(\.rawValue)
        if asJSON {
            let report = BulkReport(
                action: action.verb,
                isDryRun: true,
                count: names.count,
                passedOver: 0,
                problems: [],
                ids: names
            )
            return try Console.say("bulk", json: report)
        }
        Console.say(names.map { Styled($0) })
        Console.say(
            Styled("\(Quantity.count(names.count, "instance")) would be \(action.past); nothing was done.", .faint)
        )
    }

    private func carryOut(_ action: Action, _ ids: [InstanceID], areNamed: Bool) async -> BulkReport {
        var report = BulkReport(action: action.verb, isDryRun: false, count: 0, passedOver: 0, problems: [])
        await withTaskGroup(of: (InstanceID, Result<Bool, any Error>).self) { group in
            var next = ids.makeIterator()
            func add() {
                guard let id = next.next() else { return }
                group.addTask { (id, await Self.attempt { try await action.body(id) }) }
            }
            for _ in 0..<Self.width { add() }
            while let (id, outcome) = await group.next() {
                report.note(id, outcome, isNamed: areNamed)
                add()
            }
        }
        report.problems.sort { $0.id < $1.id }
        return report
    }

    private static func attempt(_ body: () async throws -> Bool) async -> Result<Bool, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

extension BulkReport {
    /// - Parameter isNamed: Whether somebody asked for this very instance.
    fileprivate mutating func note(_ id: InstanceID, _ outcome: Result<Bool, any Error>, isNamed: Bool) {
        switch outcome {
        case .success(true): count += 1
        case .success(false): passedOver += 1
        case .failure(let error as StoreError) where !isNamed && error.isOvertaken: passedOver += 1
        case .failure(let error):
            problems.append(Problem(id: id.rawValue, message: (error as? StoreError)?.message ?? "\(error)"))
        }
    }
}

extension StoreError {
    /// It has ended or gone since it was selected.
    fileprivate var isOvertaken: Bool { [.instanceNotFound, .instanceFinished, .instanceOpen].contains(code) }
}
