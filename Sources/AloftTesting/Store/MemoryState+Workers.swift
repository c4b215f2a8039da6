internal import AloftCore

extension MemoryState {
    mutating func beat(_ registration: WorkerRegistration, isFirst: Bool) -> Bool {
        let worker = registration.worker
        if isAlive(worker) {
            workers[worker]?.lastBeat = now
            workers[worker]?.registration = registration
            return true
        }
        // A worker that is being taken over is known until that is done, and comes back only under a new id.
        guard isFirst, workers[worker] == nil else { return false }
        workers[worker] = Worker(number: nextNumber(), registration: registration, since: now, lastBeat: now)
        return true
    }

    mutating func leave(_ worker: WorkerID) {
        guard isAlive(worker) else { return }
        workers[worker] = nil
        for id in instances(involving: worker) { _ = takeOver(id, from: worker, CrashVerdict()) }
        wake(.workerGone(worker))
    }

    mutating func declareDead(_ dead: [WorkerID], lastWords: LastWords?) {
        for worker in dead where workers[worker] != nil {
            if let lastWords { workers[worker]?.lastWords = lastWords }
            guard isAlive(worker) else { continue }
            workers[worker]?.isDead = true
            wake(.workerGone(worker))
        }
    }

    mutating func takeOverFromDeadWorkers(_ report: inout TickReport) {
        let dead = workers.filter { $0.value.isDead || now - $0.value.lastBeat > limits.leaseDuration }
            .sorted { $0.value.number < $1.value.number }
            .map(\.key)
        for worker in dead where isAlive(worker) {
            workers[worker]?.isDead = true
            wake(.workerGone(worker))
        }
        var left = limits.batch
        for worker in dead {
            let involved = instances(involving: worker)
            let verdict = CrashVerdict(dead: workers[worker])
            let quarantined = quarantinedCount(of: involved.prefix(left))
            for id in involved.prefix(left) { report.takenOver += takeOver(id, from: worker, verdict) }
            report.quarantined += quarantinedCount(of: involved.prefix(left)) - quarantined
            guard involved.count <= left else {
                report.isMoreDue = true
                return
            }
            left -= involved.count
            workers[worker] = nil
            report.deadWorkers.append(worker)
        }
    }

    private func quarantinedCount(of some: ArraySlice<InstanceID>) -> Int {
        some.count { instances[$0]?.state.isQuarantined == true }
    }

    /// In the order in which they were started.
    private func instances(involving worker: WorkerID) -> [InstanceID] {
        instances.values.filter { $0.involves(worker) }.sorted { $0.number < $1.number }.map(\.state.instance)
    }

    /// Takes everything of one instance from a worker that is gone; returns how many things that were.
    private mutating func takeOver(_ id: InstanceID, from worker: WorkerID, _ verdict: CrashVerdict) -> Int {
        var taken = 0
        edit(id) { state, instance in
            if instance.state.owner == worker {
                instance.state.owner = nil
                taken += 1
            }
            // Activities first: one that fails now may give the instance an input, and its task is moved after that.
            let leased = instance.activities.filter { $0.value.position.worker == worker }.keys.sorted()
            for command in leased { state.takeOver(command, of: &instance, verdict) }
            taken += leased.count
            if instance.task?.position.worker == worker {
                state.takeOverTask(of: &instance, from: worker, verdict)
                taken += 1
            }
        }
        return taken
    }

    private mutating func takeOverTask(
        of instance: inout MemoryInstance,
        from worker: WorkerID,
        _ verdict: CrashVerdict
    ) {
        guard var task = instance.task else { return }
        guard task.position == .held(worker) else { return disown(&instance, by: worker) }
        let (crashes, isGuilty) = verdict.judge(instance.suspect(), crashes: task.crashes)
        task.crashes = crashes
        if isGuilty {
            task.position = .quarantined
            instance.task = task
            instance.state.isQuarantined = true
            let last = verdict.dead?.lastWords
            instance.state.backtrace = last?.text
            instance.state.problem =
                "quarantined: \(task.crashes) workers died with its workflow task in hand, the last was \(worker)"
                + (last.map { ": \($0.headline)" } ?? "")
        } else {
            queueTask(of: &instance, crashes: task.crashes)
        }
    }

    private mutating func takeOver(_ command: CommandID, of instance: inout MemoryInstance, _ verdict: CrashVerdict) {
        guard let activity = instance.activities[command] else { return }
        let before = activity.lease.delivery - 1
        let (crashes, isGuilty) = verdict.judge(instance.suspect(command), crashes: before)
        if isGuilty {
            let failure = Failure(
                kind: .crash,
                type: "CrashError",
                message: "\(crashes) workers died while running activity \(activity.scheduled.name)",
                backtrace: verdict.dead?.lastWords?.text
            )
            instance.activities[command] = nil
            accept(.activityFailed(command, failure), into: &instance)
            return
        }
        instance.activities[command]?.lease.delivery = crashes + 1
        queueActivity(command, of: &instance)
    }
}

extension MemoryInstance {
    fileprivate func suspect(_ command: CommandID? = nil) -> Suspect {
        Suspect(instance: state.instance, execution: state.execution, command: command)
    }
}
