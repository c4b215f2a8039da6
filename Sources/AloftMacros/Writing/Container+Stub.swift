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
        let used = Set(inputs.flatMap { [$0.label ?? $0.name, $0.name] })
        let isFree = used.isDisjoint(with: ["fileID", "line"])
        let (file, line) = isFree ? ("fileID", "line") : ("callerFileID", "callerLine")
        var parameters = inputs.map { input in
            let names = input.label == input.name ? input.name : "\(input.label ?? "_") \(input.name)"
            return "\(names): \(input.value.type)\(input.defaultClause)"
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
        guard inputs.count != 1 else { return inputs[0].name }
        guard !inputs.isEmpty else { return "()" }
        let arguments = inputs.map { "\($0.key.asLabel): \($0.name)" }
        return "References.\(argumentsType)(\(arguments.joined(separator: ", ")))"
    }
}

extension Input {
    var defaultClause: String { defaultValue.map { " = \($0)" } ?? "" }
}
#endif
