#if Macros
internal import SwiftSyntax

/// What `@Activities` knows of the type that it is attached to.
struct Container {
    /// The name of the type, as written.
    var name: String
    /// "public ", "package " or nothing.
    var access: String
    /// What stands in front of the dot in registered names; `nil`: the name of the type.
    var prefix: String?
    /// Whether the name of the type depends on its generic arguments.
    var isGeneric: Bool
    var methods: [Method]

    /// The name of the activity as text that is known here: that of a generic type stands without its arguments.
    func registeredName(of method: Method) -> String {
        if let name = method.registeredName { return name }
        let own = method.name.withoutBackticks
        let prefix = prefix ?? name.withoutBackticks
        return prefix.isEmpty ? own : "\(prefix).\(own)"
    }
}

/// A method that is an activity.
struct Method {
    /// The base name as written, with back ticks if need be.
    var name: String
    /// As Swift refers to it: "charge(_:amount:)".
    var signature: String
    /// The registered name, if it was set.
    var registeredName: String?
    var access: String
    /// Documentation and attributes that the call repeats, one per line.
    var repeated: [String]
    var isDeprecated: Bool
    /// In order of declaration.
    var parameters: [Parameter]
    /// `nil`: no result.
    var result: Value?
    /// Where it is declared.
    var place: Place?
    /// The name of the type that holds the values of several parameters.
    var argumentsType: String
    /// What messages about it point at.
    var node: Syntax

    /// The name under which the types of its values are checked.
    var valuesType: String { argumentsType + "Values" }

    /// The parameters that a workflow gives.
    var inputs: [Input] {
        parameters.compactMap { if case .input(let input) = $0.role { input } else { nil } }
    }
}

/// A parameter of a method.
struct Parameter {
    enum Role {
        /// Filled in by the worker.
        case context
        case input(Input)
    }

    /// As the source spells it; `nil`: called without.
    var label: String?
    var role: Role
}

/// A parameter that a workflow gives.
struct Input {
    /// As the source spells it; `nil`: called without.
    var label: String?
    /// Within the method.
    var name: String
    /// In histories.
    var key: String
    var value: Value
    var defaultValue: String?
}

/// A type that is stored, and where it is spelled.
struct Value {
    var type: String
    var isOptional: Bool
    var place: Place?
}

/// A line of the source, as the compiler wants it in `#sourceLocation`.
struct Place {
    var file: String
    var line: Int
}
#endif
