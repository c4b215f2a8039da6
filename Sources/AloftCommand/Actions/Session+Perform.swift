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
            let isDone = try await noting(action.title, id, reason: action.reason) { try await action.body(instance) }
            if asJSON { return try Console.say("done", json: DoneView(isDone: isDone)) }
            return Console.say(isDone ? "\(id) \(action.past)." : "\(id): there was nothing to do.")
        }
        let ids = try await find(subjects, action)
        if subjects.isDryRun {
            return try tellDryRun(try await dryRun(action, ids, areNamed: !subjects.isByCondition), action, asJSON)
        }
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
            subjects.text,
            isAboutOne: false,
            reason: action.reason,
            outcome: { (report: BulkReport) in report.outcome },
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

    private func tellDryRun(_ report: BulkReport, _ action: Action, _ asJSON: Bool) throws {
        if asJSON {
            try Console.say("bulk", json: report)
        } else {
            Console.say((report.ids ?? []).map { Styled($0) })
            for problem in report.problems { Console.complain("\(problem.id): \(problem.message)") }
            Console.say(
                Styled("\(Quantity.count(report.count, "instance")) would be \(action.past); nothing was done.", .faint)
            )
        }
        if !report.problems.isEmpty { throw ExitCode.notWell }
    }

    /// What conditions select suits by itself; of what was named, it is looked up.
    private func dryRun(_ action: Action, _ ids: [InstanceID], areNamed: Bool) async throws -> BulkReport {
        var report = BulkReport(action: action.verb, isDryRun: true, count: 0, passedOver: 0, problems: [], ids: [])
        for id in ids {
            if areNamed, let obstacle = action.obstacle(try await store.state(of: id)) {
                report.problems.append(.init(id: id.rawValue, message: obstacle))
            } else {
                report.count += 1
                report.ids?.append(id.rawValue)
            }
        }
        return report
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
    /// For the record: on how many it was done, and why not on the others.
    fileprivate var outcome: (text: String, isFailure: Bool) {
        guard let first = problems.first else { return ("done: \(count)", false) }
        let others = problems.count > 1 ? "; \(problems.count) in all" : ""
        return ("done: \(count), but not \(first.id): \(first.message)\(others)", true)
    }

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
