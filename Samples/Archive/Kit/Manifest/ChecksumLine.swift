/// Lines as `sha256sum` writes them and `sha256sum --check` reads them.
package enum ChecksumLine {
    /// - Parameter path: Relative to the folder in which the check is run. It is written with a "./" before it, for a file
    ///   that is called "-" would otherwise mean standard input.
    package static func make(sha256: String, path: BytePath) -> [UInt8] {
        var name: [UInt8] = Array("./".utf8)
        var isEscaped = false
        for (index, byte) in path.bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\\"): name += Array("\\\\".utf8)
            case UInt8(ascii: "\n"): name += Array("\\n".utf8)
            // Elsewhere it stays as it is, since older versions do not know the escape. At the end newer ones take it
            // for a part of the line's end.
            case UInt8(ascii: "\r") where index == path.bytes.count - 1: name += Array("\\r".utf8)
            default:
                name.append(byte)
                continue
            }
            isEscaped = true
        }
        return Array((isEscaped ? "\\" : "").utf8) + Array(sha256.utf8) + Array("  ".utf8) + name
            + [UInt8(ascii: "\n")]
    }
}
