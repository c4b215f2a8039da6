#if canImport(Darwin)
private import Darwin
#elseif canImport(Musl)
private import Musl
#else
private import Glibc
#endif

/// An open file, closed when it goes away. All calls block.
package struct OpenFile: ~Copyable {
    private let descriptor: Int32
    private let path: BytePath

    /// Opens a file of the source tree. A link in its place is not followed, a pipe in its place is not waited for.
    package init(reading path: BytePath) throws(SystemError) {
        try self.init(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, "read")
    }

    /// Makes a file, or empties the one that is there.
    package init(creating path: BytePath) throws(SystemError) {
        try self.init(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, "create")
    }

    private init(_ path: BytePath, _ flags: Int32, _ action: String) throws(SystemError) {
        let opened = path.withCString { open($0, flags, 0o666) }
        guard opened >= 0 else { throw SystemError(action, path, code: errno) }
        descriptor = opened
        self.path = path
    }

    deinit { close(descriptor) }

    package func identity() throws(SystemError) -> FileIdentity {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("look at", path, code: errno) }
        return FileIdentity(status)
    }

    /// Fills the buffer as far as it can; 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        while true {
            let count = systemRead(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw SystemError("read", path, code: errno) }
        }
    }

    /// Fills the array from a position on as far as it can; 0 at the end of the file.
    package func read(into bytes: inout [UInt8], from position: Int) throws(SystemError) -> Int {
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result<Int, SystemError> { () throws(SystemError) in
                try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[position...]))
            }
        }
        return try result.get()
    }

    package func write(_ bytes: [UInt8]) throws(SystemError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result<Void, SystemError> { () throws(SystemError) in try write(buffer) }
        }
        try result.get()
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = systemWrite(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if errno != EINTR {
                throw SystemError("write", path, code: errno)
            }
        }
    }

    /// Returns when the contents are on the disk.
    package func synchronize() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError("write out", path, code: errno) }
    }
}

// Under other names, since the methods hide the functions.
private func systemRead(_ descriptor: Int32, _ address: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, address, count)
}

private func systemWrite(_ descriptor: Int32, _ address: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, address, count)
}
