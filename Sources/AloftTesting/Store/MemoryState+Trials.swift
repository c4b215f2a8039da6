internal import AloftCore

/// What the death of a worker says about what it had in hand.
struct CrashVerdict {
    /// `nil`: it left, and nothing crashed.
    var dead: MemoryState.Worker?

    /// - Parameter before: How many crashes were put down to it already.
    /// - Returns: How many are now, and whether it is given up.
    func judge(_ suspect: Suspect, crashes before: Int) -> (crashes: Int, isGuilty: Bool) {
        guard let dead else { return (before, false) }
        let isTried = dead.trials.contains(suspect)
        // Somebody is more suspect, and this one may not even have begun.
        if before > 0, !dead.trials.isEmpty, !isTried { return (before, false) }
        let crashes = before + 1
        let isAlone = isTried && dead.trials.count == 1
        return (crashes, crashes >= CrashLimit.anyhow || crashes >= CrashLimit.deliveries && isAlone)
    }
}

extension MemoryState {
    mutating func setTrial(of suspect: Suspect, by worker: WorkerID, isOn: Bool) throws(StoreError) {
        guard isOn else {
            if isAlive(worker) { workers[worker]?.trials.remove(suspect) }
            return
        }
        try requireAlive(worker)
        workers[worker]?.trials.insert(suspect)
    }
}
