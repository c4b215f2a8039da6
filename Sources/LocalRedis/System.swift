#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

// The few calls of the operating system whose spelling differs between systems.

func systemErrorText(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}

var streamSocket: Int32 {
    #if canImport(Glibc)
    Int32(SOCK_STREAM.rawValue)
    #else
    SOCK_STREAM
    #endif
}

/// Runs `call` again as long as a signal interrupts it.
func retrying(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}

func setCloseOnExec(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
}

func writeAll(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { bytes in retrying { write(descriptor, bytes.baseAddress, bytes.count) } }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
    }
    return true
}

/// The bytes up to the next line end, `nil` at the end of the stream.
func readLine(from descriptor: Int32) -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while retrying({ read(descriptor, &byte, 1) }) == 1 {
        if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
        line.append(byte)
    }
    return nil
}

func makeTemporaryFolder() throws -> String {
    // Short, since a Unix socket lies in it; the folder that TMPDIR names on macOS is half the limit by itself.
    var template = Array("/tmp/lr-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { throw LocalRedisError("no temporary folder", errno: errno) }
    return String(cString: path)
}

/// Removes a folder that holds files and folders of files, which is all that Redis makes.
func removeFolder(_ path: String) {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard name != ".", name != ".." else { continue }
        if unlink("\(path)/\(name)") != 0 { removeFolder("\(path)/\(name)") }
    }
    closedir(folder)
    rmdir(path)
}

func readTail(of path: String, bytes count: Int) -> String {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    let end = lseek(descriptor, 0, SEEK_END)
    lseek(descriptor, max(0, end - off_t(count)), SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: count)
    let length = retrying { read(descriptor, &bytes, count) }
    return String(decoding: bytes.prefix(max(length, 0)), as: UTF8.self)
}

func pause(milliseconds: Int) {
    var time = timespec(tv_sec: 0, tv_nsec: milliseconds * 1_000_000)
    nanosleep(&time, nil)
}
