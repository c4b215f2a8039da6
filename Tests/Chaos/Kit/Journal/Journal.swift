import Foundation

/// A file to which lines are added. What has been written is there when the process is killed right afterwards.
package final class Journal: Sendable {
    private let descriptor: Int32
    package let path: String

    /// - Throws: `JournalError`.
    package init(path: String) throws(JournalError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw JournalError("opening \(path)", code: errno) }
    }

    deinit { close(descriptor) }

    /// - Parameter isSynced: Whether it is on the disk on return, and not only with the system. The difference shows when a
    ///   machine dies, which none does here; it is for what stands for the memory of the world.
    /// - Throws: `JournalError`.
    package func write(_ entry: JournalEntry, isSynced: Bool = false) throws(JournalError) {
        guard var line = try? JSONEncoder().encode(entry) else {
            throw JournalError("encoding for \(path)", code: EINVAL)
        }
        line.append(UInt8(ascii: "\n"))
        // One call: lines of several threads do not mix, and a line is there wholly or not at all.
        let count = line.withUnsafeBytes { bytes in
            while true {
                let count = systemWrite(descriptor, bytes)
                if count >= 0 || errno != EINTR { return count }
            }
        }
        guard count == line.count else { throw JournalError("writing to \(path)", code: count < 0 ? errno : ENOSPC) }
        if isSynced, fsync(descriptor) != 0 { throw JournalError("syncing \(path)", code: errno) }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

/// A journal could not be written or read.
package struct JournalError: Error, CustomStringConvertible {
    package let description: String

    init(_ action: String, code: Int32) {
        description = "\(action): \(String(cString: strerror(code)))"
    }
}
