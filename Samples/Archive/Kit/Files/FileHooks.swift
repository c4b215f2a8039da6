/// Where tests interfere: with what the operating system answers, and while a file is being read.
package struct FileHooks: Sendable {
    /// Called before a file or folder of the source is opened.
    package var willOpen: @Sendable (BytePath) throws(SystemError) -> Void
    /// Called after each piece that was read of a file of the source.
    package var didRead: @Sendable (BytePath) -> Void
    /// Called before a compressed file is read back.
    package var willCheck: @Sendable (BytePath) -> Void

    package init(
        willOpen: @escaping @Sendable (BytePath) throws(SystemError) -> Void = { _ throws(SystemError) in },
        didRead: @escaping @Sendable (BytePath) -> Void = { _ in },
        willCheck: @escaping @Sendable (BytePath) -> Void = { _ in }
    ) {
        self.willOpen = willOpen
        self.didRead = didRead
        self.willCheck = willCheck
    }
}
