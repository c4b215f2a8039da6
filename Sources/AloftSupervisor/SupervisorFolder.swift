internal import AloftCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// The private folder and the pipe that a supervisor shares with its child.
struct SupervisorFolder {
    let link: SupervisorLink

    /// - Returns: `nil` if there is no place for it.
    init?() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/aloft-supervisor-XXXXXX".utf8CString)
        // Only this user may look into it.
        guard mkdtemp(&template) != nil else { return nil }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            rmdir(path)
            return nil
        }
        // The other end stays open in this process alone, for as long as it lives: nothing is ever written.
        closeOnExec(ends[1])
        link = SupervisorLink(pipe: ends[0], folder: path)
    }

    /// What the backtracer wrote, cut off at a limit; it is gone after that.
    func takeBacktrace(upTo limit: Int) -> String { take(link.backtraceFile, upTo: limit) }

    /// The workers that the program had; they are gone after that.
    func takeWorkers() -> [WorkerID] {
        // One that lost its lease very often has many names. Only the last of each can matter.
        CrashNote.workers(in: take(link.workersFile, upTo: 64 * 1024)).suffix(100)
    }

    /// Leaves a note for the program that is started next.
    func leave(_ note: CrashNote) {
        let file = open(link.crashFile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        var bytes = Array(note.encoded.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { return }
        }
    }

    func remove() { link.removeFolder() }

    private func take(_ path: String, upTo limit: Int) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return "" }
        defer {
            close(file)
            unlink(path)
        }
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let part = bytes[count...].withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if part > 0 { count += part } else if part == 0 || errno != EINTR { break }
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

extension SupervisorLink {
    func removeFolder() {
        for file in [backtraceFile, workersFile, crashFile] { unlink(file) }
        rmdir(folder)
    }
}
