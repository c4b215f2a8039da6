internal import AloftCore
internal import AloftInsight
internal import ArgumentParser

/// The instances to act on: named, or all that meet conditions.
struct Subjects: ParsableArguments {
    @Argument(help: "Their ids; or give conditions.")
    var ids: [String] = []

    @OptionGroup var conditions: FilterOptions

    @Flag(help: "All instances that the command suits.")
    var all = false

    @Flag(name: .customLong("dry-run"), help: "Only tell which ones it would be.")
    var isDryRun = false

    @Flag(help: "Do not ask, though conditions may be met by many.")
    var yes = false

    func validate() throws {
        let hasConditions = !conditions.isEmpty
        guard !ids.isEmpty || hasConditions || all else {
            throw ValidationError("name instances, or give conditions such as --workflow or --status, or --all")
        }
        guard ids.isEmpty || !hasConditions && !all else {
            throw ValidationError("name instances or give conditions, not both")
        }
        guard !(hasConditions && all) else {
            throw ValidationError("--all stands for every instance; leave the conditions out, or --all")
        }
    }

    var isByCondition: Bool { ids.isEmpty }

    /// Which ones, for the record of what was done to them: as it was typed.
    var text: String {
        if all { return "all" }
        return isByCondition ? conditions.text : ids.joined(separator: ", ")
    }
}

/// Something that is done to instances one by one.
struct Action: Sendable {
    /// As it is noted: "signal approval"; `nil`: as ``verb``.
    var name: String?
    /// "cancel", and as what has been done: "asked to cancel".
    var verb: String
    var past: String
    /// Instances of other statuses are left alone where conditions select.
    var suits: Set<InstanceStatus>
    /// Only those in quarantine.
    var isOfQuarantined = false
    /// Why, as it was given; for the record.
    var reason: String?
    /// - Returns: `false` if there was nothing to do.
    var body: @Sendable (InstanceID) async throws -> Bool

    var title: String { name ?? verb }

    /// Why it does not suit an instance; `nil` if it does.
    func obstacle(_ state: InstanceState?) -> String? {
        guard let state else { return "there is no such instance" }
        guard suits.contains(state.status) else {
            return state.status.isFinished ? "it has ended: \(state.status)" : "it is open: \(state.status)"
        }
        return isOfQuarantined && !state.isQuarantined ? "it is not in quarantine" : nil
    }

    /// The part of what conditions select that it can be done to; `nil` if there is none.
    func narrowed(_ filter: InstanceFilter) -> InstanceFilter? {
        filter.narrowed(to: suits, isOfQuarantined: isOfQuarantined)
    }
}

/// What acting on instances came to; what `--json` prints.
struct BulkReport: Codable {
    struct Problem: Codable {
        var id: String
        var message: String
    }

    var action: String
    var isDryRun: Bool
    /// On how many it was done; with a dry run, would be.
    var count: Int
    /// Of these there was nothing to do, or they had ended or gone meanwhile.
    var passedOver: Int
    /// Never: the command goes on to the end.
    var isMore = false
    var problems: [Problem]
    /// Those that match, with a dry run.
    var ids: [String]?
}
