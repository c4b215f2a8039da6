#if canImport(Darwin)
private import Darwin
#elseif canImport(Musl)
private import Musl
#else
private import Glibc
#endif

/// The few operations on paths that are needed.
package enum FileSystem {
    /// The names in a folder, without "." and "..", in no order. A link in the folder's place is not followed.
    package static func names(in folder: BytePath) throws(SystemError) -> [BytePath] {
        let descriptor = folder.withCString { open($0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
        guard descriptor >= 0 else { throw SystemError("list", folder, code: errno) }
        guard let stream = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw SystemError("list", folder, code: code)
        }
        defer { closedir(stream) }
        var names: [BytePath] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { BytePath(bytes: $0.prefix { $0 != 0 }) }
            if name != BytePath("."), name != BytePath("..") { names.append(name) }
        }
        guard errno == 0 else { throw SystemError("list", folder, code: errno) }
        return names
    }

    /// Where a link points to.
    package static func target(ofLink path: BytePath) throws(SystemError) -> BytePath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = path.withCString { readlink($0, &buffer, buffer.count) }
        guard count >= 0 else { throw SystemError("read the link", path, code: errno) }
        return BytePath(bytes: buffer.prefix(count).map { UInt8(bitPattern: $0) })
    }

    /// The absolute path without links, "." and "..".
    package static func resolve(_ path: BytePath) throws(SystemError) -> BytePath {
        guard let resolved = path.withCString({ realpath($0, nil) }) else {
            throw SystemError("find", path, code: errno)
        }
        defer { free(resolved) }
        return BytePath(bytes: UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
    }

    /// Makes a folder and those above it, unless they are there.
    package static func makeFolder(_ path: BytePath) throws(SystemError) {
        guard path.withCString({ mkdir($0, 0o777) }) != 0 else { return }
        let code = errno
        if code == ENOENT, !path.parent.bytes.isEmpty, path.parent != path {
            try makeFolder(path.parent)
            guard path.withCString({ mkdir($0, 0o777) }) != 0 || errno == EEXIST else { return }
            guard errno == EEXIST else { throw SystemError("create the folder", path, code: errno) }
        } else if code != EEXIST {
            throw SystemError("create the folder", path, code: code)
        }
        var status = stat()
        guard path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw SystemError("create the folder", path, code: ENOTDIR)
        }
    }

    /// Gives a file another path, replacing what is there, in one step.
    package static func move(_ path: BytePath, to other: BytePath) throws(SystemError) {
        guard path.withCString({ from in other.withCString { rename(from, $0) } }) == 0 else {
            throw SystemError("write", other, code: errno)
        }
    }

    /// Removes a file, if it is there.
    package static func removeFile(_ path: BytePath) throws(SystemError) {
        guard path.withCString({ unlink($0) }) == 0 || errno == ENOENT || errno == ENOTDIR else {
            throw SystemError("remove", path, code: errno)
        }
    }

    /// Removes a folder and all in it, if it is there. Links in it are removed and not followed.
    package static func removeTree(_ path: BytePath) throws(SystemError) {
        let names: [BytePath]
        do {
            names = try Self.names(in: path)
        } catch {
            if error.isMissing, error.code == ENOENT { return }
            throw error
        }
        for name in names {
            let child = path.appending(name)
            if (try? FileIdentity(of: child))?.kind == .folder {
                try removeTree(child)
            } else {
                try removeFile(child)
            }
        }
        guard path.withCString({ rmdir($0) }) == 0 || errno == ENOENT else {
            throw SystemError("remove the folder", path, code: errno)
        }
    }

    /// Removes a folder if nothing is in it.
    package static func removeIfEmpty(_ path: BytePath) { _ = path.withCString { rmdir($0) } }

    /// Whether this process may read a file.
    package static func isReadable(_ path: BytePath) -> Bool { path.withCString { access($0, R_OK) } == 0 }
}
