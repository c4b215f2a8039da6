#if Macros
// What a worker registers.
extension Container {
    var activityMethods: String {
        let list = methods.isEmpty ? "[]" : "[\n\(methods.map(\.registration).joined(separator: ",\n").indented())\n]"
        // Calling what is deprecated is no news to those who call all methods.
        let attribute = methods.contains(where: \.isDeprecated) ? "@available(*, deprecated)\n" : ""
        return """
            \(attribute)nonisolated \(access)var activityMethods: [Aloft.ActivityMethod] {
            \(list.indented())
            }
            """
    }
}

extension Method {
    fileprivate var registration: String {
        let inputs = inputs
        let takesContext = inputs.count < parameters.count
        var arguments: [String] = []
        for parameter in parameters {
            let label = parameter.label.map { "\($0.withoutBackticks.asLabel): " } ?? ""
            switch parameter.role {
            case .context: arguments.append("\(label)context")
            case .input(let input):
                arguments.append(label + (inputs.count == 1 ? "input" : "input.\(input.key.asName)"))
            }
        }
        return """
            Aloft.ActivityMethod(References.\(name), method: \(signature.quoted)) { \
            \(takesContext ? "context" : "_"), \(inputs.isEmpty ? "_" : "input") in
                try await Aloft.ActivityMethod.result(of: self.\(name)(\(arguments.joined(separator: ", "))))
            }
            """
    }
}
#endif
