/// What propagators carry from client to workflow, activity and sub-workflow, by name: trace context, say.
///
/// They are stored with the event that starts the work, so they should be short: see ``ContextHeaderRules/maximumBytes``.
public typealias ContextHeaders = [String: String]

/// How much may cross.
public enum ContextHeaderRules {
    /// The names and values of one event together; what is longer is not carried, for a trace must never stop the work.
    public static let maximumBytes = 4_096
}

extension ContextHeaders {
    /// The headers, or none if they are longer than is carried.
    package var bounded: ContextHeaders {
        let bytes = reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        return bytes <= ContextHeaderRules.maximumBytes ? self : [:]
    }
}
