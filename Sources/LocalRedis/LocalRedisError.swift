/// Why a private Redis server could not be used.
package struct LocalRedisError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// With the system's word for `errno`.
    init(_ action: String, errno code: Int32) {
        self.description = "\(action): \(systemErrorText(code))"
    }
}
