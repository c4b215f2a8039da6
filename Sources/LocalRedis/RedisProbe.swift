#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Asks a server whether it is ready, with plain blocking calls.
struct RedisProbe {
    let socketPath: String
    let password: String?

    func isReady() -> Bool {
        let descriptor = socket(AF_UNIX, streamSocket, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        setCloseOnExec(descriptor)
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard connect(descriptor) else { return false }
        if let password {
            let auth = "*2\r\n$4\r\nAUTH\r\n$\(password.utf8.count)\r\n\(password)\r\n"
            guard writeAll(auth, to: descriptor), readLine(from: descriptor) == "+OK\r" else { return false }
        }
        guard writeAll("PING\r\n", to: descriptor), let answer = readLine(from: descriptor) else { return false }
        // One that lets nobody in without a name is there, too.
        return answer == "+PONG\r" || answer.hasPrefix("-NOAUTH")
    }

    private func connect(_ descriptor: Int32) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(socketPath.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}

private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(descriptor, address, length)
}

/// A TCP port of the loopback address that nobody listens on at the moment.
func findFreePort() throws -> Int {
    let descriptor = socket(AF_INET, streamSocket, 0)
    guard descriptor >= 0 else { throw LocalRedisError("no socket", errno: errno) }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
        }
    }
    guard result == 0 else { throw LocalRedisError("no free port", errno: errno) }
    return Int(UInt16(bigEndian: address.sin_port))
}
