internal import AloftCore

#if canImport(Darwin)
private import Darwin
#elseif canImport(Musl)
private import Musl
#else
private import Glibc
#endif

/// What a worker and the supervisor of its program let each other know, in files.
struct SupervisorPost {
    private let link: SupervisorLink

    /// - Returns: `nil` if the program has no supervisor.
    init?(_ link: SupervisorLink? = .current) {
        guard let link else { return nil }
        self.link = link
    }

    /// Notes a worker, so that the supervisor can name it should the process crash. To be called before the store hears of it.
    func enlist(_ worker: WorkerID) {
        let file = open(link.workersFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        // Without the note its work is taken over when its lease has run out.
        guard file >= 0 else { return }
        defer { close(file) }
        let line = Array("\(worker)\n".utf8)
        // One write, so that the lines of several workers do not mix.
        _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    }

    /// What became of the program before this one, if that crashed.
    func crashNote() -> CrashNote? {
        let file = open(link.crashFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16 * 1024)
        // Supervisors write much less.
        while bytes.count < 256 * 1024 {
            let count = part.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count > 0 { bytes += part[..<count] } else if count == 0 || errno != EINTR { break }
        }
        return CrashNote(encoded: String(decoding: bytes, as: UTF8.self))
    }
}
