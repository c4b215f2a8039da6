#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// What tells that a file is the same and was not written to.
package struct FileIdentity: Hashable, Sendable, Codable {
    package var kind: FileKind
    package var inode: UInt64
    package var size: Int
    /// Nanoseconds since 1970.
    package var modified: Int64

    package init(kind: FileKind, inode: UInt64, size: Int, modified: Int64) {
        self.kind = kind
        self.inode = inode
        self.size = size
        self.modified = modified
    }

    init(_ status: stat) {
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        kind = FileKind(mode: status.st_mode)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        modified = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Looks at what a path names, without following a link.
    package init(of path: BytePath) throws(SystemError) {
        var status = stat()
        guard path.withCString({ lstat($0, &status) }) == 0 else { throw SystemError("look at", path, code: errno) }
        self.init(status)
    }
}

/// What a name in a folder can be.
package enum FileKind: String, Hashable, Sendable, Codable {
    case file, folder, link, pipe, socket, device, unknown

    init(mode: mode_t) {
        self =
            switch mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            case S_IFIFO: .pipe
            case S_IFSOCK: .socket
            case S_IFBLK, S_IFCHR: .device
            default: .unknown
            }
    }
}
