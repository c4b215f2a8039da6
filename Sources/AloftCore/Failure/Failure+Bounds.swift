extension Failure {
    /// The same within the limits of what a history keeps: errors make their own failures if they like, of any size.
    package var bounded: Failure {
        var copy = self
        copy.type = type.cut(to: Self.maximumTypeBytes)
        copy.message = message.cut(to: Self.maximumMessageBytes)
        if let details, details.bytes.count > Self.maximumDetailsBytes { copy.details = nil }
        copy.backtrace = backtrace?.cut(to: Self.maximumBacktraceBytes)
        copy.causes = causes.prefix(Self.maximumCauses).map { cause in
            Cause(
                type: cause.type.cut(to: Self.maximumTypeBytes),
                message: cause.message.cut(to: Self.maximumMessageBytes)
            )
        }
        return copy
    }
}

extension String {
    /// At most so many bytes of it, cut between two characters of Unicode, and a mark that something is missing.
    package func cut(to bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, bytes))
        while end > startIndex, UTF8.isContinuation(utf8[end]) { end = utf8.index(before: end) }
        return String(unicodeScalars[..<end]) + "…"
    }
}
