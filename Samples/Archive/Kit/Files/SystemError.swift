#if canImport(Darwin)
private import Darwin
#elseif canImport(Musl)
private import Musl
#else
private import Glibc
#endif

/// A call of the operating system that failed: what was tried, on what, and why it did not work.
package struct SystemError: Error, Hashable, CustomStringConvertible {
    package let action: String
    package let path: BytePath
    package let code: Int32

    package init(_ action: String, _ path: BytePath, code: Int32) {
        self.action = action
        self.path = path
        self.code = code
    }

    /// The system's words for the code.
    package var reason: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }

    package var description: String { "cannot \(action) \(path): \(reason)" }

    package var isAccessDenied: Bool { code == EACCES || code == EPERM }
    package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    package static var notAFolder: Int32 { ENOTDIR }

    package static func accessDenied(_ action: String, _ path: BytePath) -> SystemError {
        SystemError(action, path, code: EACCES)
    }
}
