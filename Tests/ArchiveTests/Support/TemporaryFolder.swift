import ArchiveKit
import Foundation

/// A folder that goes away with the value.
final class TemporaryFolder: Sendable {
    let path: BytePath

    init() throws {
        let place = BytePath(FileManager.default.temporaryDirectory.path).appending("archive-test-\(UUID().uuidString)")
        try FileSystem.makeFolder(place)
        path = try FileSystem.resolve(place)
    }

    deinit { try? FileSystem.removeTree(path) }

    /// Writes a file, with the folders above it.
    @discardableResult
    func write(_ text: String, to name: BytePath) throws -> BytePath {
        try write(Array(text.utf8), to: name)
    }

    @discardableResult
    func write(_ bytes: [UInt8], to name: BytePath) throws -> BytePath {
        let place = path.appending(name)
        try FileSystem.makeFolder(place.parent)
        try OpenFile(creating: place).write(bytes)
        return place
    }

    func link(_ name: String, to target: String) throws {
        let place = path.appending(name)
        guard place.withCString({ name in symlink(target, name) }) == 0 else {
            throw SystemError("link", place, code: errno)
        }
    }

    func makePipe(_ name: String) throws {
        let place = path.appending(name)
        guard place.withCString({ mkfifo($0, 0o600) }) == 0 else { throw SystemError("make", place, code: errno) }
    }
}

extension BytePath: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

/// Bytes that do not compress, the same in every run.
func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 42
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}
