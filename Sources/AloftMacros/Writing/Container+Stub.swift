#if Macros
// The calls that workflows make.
extension Container {
    var stub: String {
        let calls = methods.map { "\n\n" + $0.call.indented() }
        return """
            /// The calls that workflows make.
            nonisolated \(access)struct Stub: Aloft.ActivityStub {
                private let activityCaller: Aloft.ActivityCaller

                \(access)init(_ caller: Aloft.ActivityCaller) {
                    self.activityCaller = caller
                }\(calls.joined())
            }
            """
    }
}

extension Method {
    fileprivate var call: String {
        // The call's place in the workflow, under names that the activity does not use.
        let used = Set(inputs.flatMap { [$0.label?.withoutBackticks ?? $0.name, $0.name] })
        var (file, line) = ("fileID", "line")
        while !used.isDisjoint(with: [file, line]) {
            (file, line) = ("caller\(file.capitalizedFirst)", "caller\(line.capitalizedFirst)")
        }
        var parameters = inputs.map { input in
            "\(Input.declaration(input.label, input.name)): \(input.value.type)\(input.defaultClause)"
        }
        parameters += ["\(file): Swift.StaticString = #fileID", "\(line): Swift.UInt = #line"]
        let head =
            repeated + [
                """
                nonisolated(nonsending) \(access)func \(name)(
                \(parameters.joined(separator: ",\n").indented())
                ) async throws\(result.map { " -> \($0.type)" } ?? "") {
                """
            ]
        return """
            \(head.joined(separator: "\n"))
                try await self.activityCaller.call(References.\(name), \(storedInput), fileID: \(file), line: \(line))
            }
            """
    }

    private var storedInput: String {
        let inputs = inputs
        guard inputs.count != 1 else { return Input.local(inputs[0].name).asName }
        guard !inputs.isEmpty else { return "()" }
        let arguments = inputs.map { "\($0.key.asLabel): \(Input.local($0.name).asName)" }
        return "References.\(argumentsType.asName)(\(arguments.joined(separator: ", ")))"
    }
}

extension Input {
    var defaultClause: String { defaultValue.map { " = \($0)" } ?? "" }

    /// A parameter as it is declared. - Parameter label: As the source spells it.
    static func declaration(_ label: String?, _ name: String) -> String {
        let local = local(name)
        return label?.withoutBackticks == local ? local.asName : "\(label ?? "_") \(local.asName)"
    }

    /// The name of a parameter in what is written: it hides nothing that is used there.
    static func local(_ name: String) -> String { ["References", "self"].contains(name) ? name + "_" : name }
}
#endif
