package import AloftCore

/// The partitions of a namespace and which instance is in which.
package struct PartitionMap: Sendable {
    package let keyspaces: [Keyspace]

    package init(prefix: String, count: Int) {
        keyspaces = (0..<max(1, count)).map { Keyspace(prefix: prefix, partition: $0) }
    }

    package subscript(instance: InstanceID) -> Keyspace {
        guard keyspaces.count > 1 else { return keyspaces[0] }
        return keyspaces[Int(StableHash.of(instance.rawValue) % UInt64(keyspaces.count))]
    }

    /// The keyspace whose keys begin so.
    func keyspace(ofBase base: String) -> Keyspace? {
        keyspaces.first { $0.base == base }
    }

    /// The keyspace that a stream is in.
    func keyspace(ofStream stream: String) -> Keyspace? {
        keyspaces.first { stream.utf8.starts(with: $0.base.utf8) }
    }
}
