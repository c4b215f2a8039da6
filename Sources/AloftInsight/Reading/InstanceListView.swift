/// A page of instances as it is shown.
public struct InstanceListView: Hashable, Sendable, Codable {
    public var instances: [InstanceView]
    /// Where the list goes on; absent at its end.
    public var next: String?
    /// Whether the page is shorter than it was to be since so many instances did not match that it was time to stop. Those
    /// that are older were not looked at; `next` goes on with them.
    public var isPartial: Bool

    public init(instances: [InstanceView], next: String?, isPartial: Bool = false) {
        self.instances = instances
        self.next = next
        self.isPartial = isPartial
    }
}
