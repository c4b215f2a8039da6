/// Why data could not be compressed or read back.
package struct GzipError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ what: String, code: Int32) { description = "\(what) (zlib code \(code))" }
    init(_ what: String) { description = what }
}
