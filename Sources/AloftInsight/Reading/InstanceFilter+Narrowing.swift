package import AloftCore

extension InstanceFilter {
    /// The part of what the conditions select that an action can be done to. It never widens them: what is selected and does not
    /// suit the action is left alone.
    ///
    /// - Parameters:
    ///   - statuses: Those that the action suits.
    ///   - isOfQuarantined: Whether it suits only those in quarantine.
    /// - Returns: `nil` if there is no such part.
    package func narrowed(to statuses: Set<InstanceStatus>, isOfQuarantined: Bool = false) -> InstanceFilter? {
        var filter = self
        filter.statuses = filter.statuses.isEmpty ? statuses : filter.statuses.intersection(statuses)
        if isOfQuarantined {
            guard filter.isQuarantined != false else { return nil }
            filter.isQuarantined = true
        }
        return filter.statuses.isEmpty ? nil : filter
    }
}
