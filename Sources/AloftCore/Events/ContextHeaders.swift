/// What propagators carry from client to workflow, activity and sub-workflow, by name: trace context, say.
///
/// They are stored with the event that starts the work, so they should be short: see ``ContextHeaderRules/maximumBytes``.
public typealias ContextHeaders = [String: String]

/// How much may cross.
public enum ContextHeaderRules {
    /// The names and values of one event together; what is longer is not carried, for a trace must never stop the work.
    public static let maximumBytes = 4_096
    /// Set on a signal that nobody had received when its execution continued as new, by workers that trace or measure.
    package static let carried = "aloft-carried"
}

extension ContextHeaders {
    /// Whether they are those of a signal that came along from the execution before.
    package var isCarried: Bool { self[ContextHeaderRules.carried] != nil }

    /// The headers, or none if they are longer than is carried.
    package var bounded: ContextHeaders {
        let bytes = reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        return bytes <= ContextHeaderRules.maximumBytes ? self : [:]
    }
}
