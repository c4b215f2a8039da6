private import Crypto

/// What files and folders are called in the archive.
///
/// A file "a" becomes "a.gz". Since a folder may be called "a.gz" too, or like a manifest, folders that could collide
/// get a ".d". No two sources get the same name.
package enum OutputName {
    package static let checksums = "MANIFEST.sha256"
    package static let details = "MANIFEST.json"
    /// Holds what is unfinished. A folder of that name gets a ".d" as well.
    package static let workFolder = ".archive"

    private static let maximumBytes = 255

    /// The path of a file, relative to the archive of its folder.
    package static func path(ofFile path: BytePath) -> BytePath {
        let components = path.components
        guard let last = components.last else { return path }
        return components.dropLast().reduce(into: BytePath(bytes: [])) { $0 = $0.appending(folder($1)) }
            .appending(file(last))
    }

    static func file(_ name: BytePath) -> BytePath { shortened(name, suffix: ".gz") }

    static func folder(_ name: BytePath) -> BytePath {
        var core = name.bytes[...]
        while core.suffix(2) == Array(".d".utf8)[...] { core = core.dropLast(2) }
        let isTaken =
            core.suffix(3) == Array(".gz".utf8)[...]
            || [checksums, details, workFolder].contains { Array($0.utf8)[...] == core }
        return shortened(name, suffix: isTaken ? ".d" : "")
    }

    /// Names that are too long with their suffix keep their beginning, and the rest becomes a hash. So do those that
    /// look like it already.
    private static func shortened(_ name: BytePath, suffix: String) -> BytePath {
        let bytes = name.bytes
        guard bytes.count + suffix.utf8.count > maximumBytes || looksShortened(bytes) else {
            return BytePath(bytes: bytes + Array(suffix.utf8))
        }
        let hash = "~" + Hex.text(SHA256.hash(data: bytes))
        return BytePath(bytes: bytes.prefix(150) + Array((hash + suffix).utf8))
    }

    private static func looksShortened(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 64 else { return false }
        let tail = bytes.suffix(65)
        return tail.first == UInt8(ascii: "~")
            && tail.dropFirst().allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
