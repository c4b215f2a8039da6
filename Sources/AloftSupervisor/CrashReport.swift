#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// The file to which the backtracer of a child writes.
struct CrashReport {
    let path: String

    init() {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/aloft-crash-XXXXXX".utf8CString)
        // Without a file of our own there are restarts, and no text.
        let descriptor = mkstemp(&template)
        if descriptor >= 0 { close(descriptor) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What was written, cut off at a limit; the file is empty after that.
    func take(upTo limit: Int) -> String {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let part = bytes[count...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if part > 0 { count += part } else if part == 0 || errno != EINTR { break }
        }
        ftruncate(descriptor, 0)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    func remove() { unlink(path) }
}
