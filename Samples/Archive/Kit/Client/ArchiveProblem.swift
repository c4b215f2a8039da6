/// Why nothing can be done, in words for whoever gave the command.
package struct ArchiveProblem: Error, CustomStringConvertible {
    package enum Kind: Sendable {
        /// The source folder is missing or cannot be listed.
        case source
        /// The output folder cannot be used.
        case output
        /// Redis cannot be reached or is not suitable.
        case store
        /// No instance can go on.
        case instances
        /// A command of the system is missing or failed.
        case system
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
