import Aloft

/// Compares what was seen with what must be. Pure, so that tests can show that it finds what it is for.
package struct Checker: Sendable {
    /// The jobs whose start has returned in a client that wrote this down.
    package var acknowledged: [Job]
    /// What the store says, by the id of the instance.
    package var observations: [String: Observation]
    /// What those saw who awaited an instance.
    package var outcomes: [String: Set<Outcome>]
    package var effects: [Effect]

    package init(
        acknowledged: [Job],
        observations: [String: Observation],
        outcomes: [String: Set<Outcome>],
        effects: [Effect]
    ) {
        self.acknowledged = acknowledged
        self.observations = observations
        self.outcomes = outcomes
        self.effects = effects
    }

    package func verdict() -> Verdict {
        var verdict = Verdict()
        let happened = Set(effects.map(\.name))
        for job in acknowledged {
            let expectation = job.expectation
            verdict.started += 1
            if observations[job.id]?.status.isFinished == true { verdict.finished += 1 }
            for member in [job] + expectation.descendants { check(member, happened, &verdict) }
        }
        checkEffects(&verdict)
        return verdict
    }

    private func check(_ job: Job, _ happened: Set<String>, _ verdict: inout Verdict) {
        guard let observation = observations[job.id] else { return verdict.lose("\(job.id) is not there") }
        guard observation.status.isFinished else { return verdict.lose("\(job.id) is \(observation.status)") }
        let expectation = job.expectation
        let history = HistoryCheck(observation.history)
        verdict.reject(history.contradictions.map { "\(job.id): \($0)" }, of: job.id)
        for text in history.duplicates { verdict.duplicate("\(job.id): \(text)") }
        if observation.outcome != expectation.outcome {
            let found = observation.outcome.map { "\($0)" } ?? "in no way that it can"
            verdict.reject(["\(job.id) ended \(found) instead of \(expectation.outcome)"], of: job.id)
        }
        for other in outcomes[job.id] ?? [] where other != observation.outcome {
            verdict.duplicate(
                "\(job.id) ended \(observation.outcome.map { "\($0)" } ?? "?"), and somebody saw \(other)"
            )
        }
        for effect in expectation.effects.union(history.completedEffects).subtracting(happened).sorted() {
            verdict.lose("\(effect) never happened")
        }
        if job.kind == .saga { checkUndone(job, history, &verdict) }
    }

    /// What a saga had done is undone, and nothing else.
    private func checkUndone(_ job: Job, _ history: HistoryCheck, _ verdict: inout Verdict) {
        for number in 0..<job.size {
            let isDone = history.completedEffects.contains(job.effect(number))
            let isUndone = history.completedEffects.contains(job.effect(Saga.undoing(number)))
            guard isDone != isUndone else { continue }
            verdict.reject(
                ["\(job.id): step \(number) was \(isDone ? "not undone" : "undone and never done")"],
                of: job.id
            )
        }
    }

    /// An activity may run again; what it did is not to belong to two executions, or to two activities of one.
    private func checkEffects(_ verdict: inout Verdict) {
        var owners: [String: Set<String>] = [:]
        for effect in effects {
            // A workflow may ask again for what was given up; nothing else may.
            let name = effect.round == 0 ? effect.name : "\(effect.name), round \(effect.round)"
            owners[name, default: []].insert("\(effect.instance)/\(effect.execution)/\(effect.command)")
        }
        for (name, owners) in owners.sorted(by: { $0.key < $1.key }) where owners.count > 1 {
            verdict.duplicate("\(name) was done by \(owners.sorted().joined(separator: " and by "))")
        }
        verdict.activityReruns = effects.count - owners.values.reduce(0) { $0 + $1.count }
    }
}
