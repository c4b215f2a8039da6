#if Macros
// The activities by name and types.
extension Container {
    var references: String {
        var parts = methods.map { reference(to: $0) }
        parts += methods.filter { $0.inputs.count > 1 }.map(\.arguments)
        return """
            /// The activities by name and types.
            nonisolated \(access)enum References {
            \(parts.joined(separator: "\n\n").indented())
            }
            """
    }

    /// A type that is no `Codable` is an error of the line on which the method spells it, since `ActivityValue` asks for it.
    private func reference(to method: Method) -> String {
        let result = method.result.map { "Aloft.ActivityValue<\($0.type)>" } ?? "Void"
        let single = method.inputs.count == 1 ? method.inputs.first?.value : nil
        let input =
            single.map { "Aloft.ActivityValue<\($0.type)>" } ?? (method.inputs.isEmpty ? "Void" : method.argumentsType)
        var text = "\(method.access)static var \(method.name): Aloft.ActivityReference<\(input),"
        let start = single?.place ?? method.result?.place ?? method.place
        let end = method.result?.place ?? start
        if let start, let end, end.line >= start.line + text.lineCount {
            text += String(repeating: "\n", count: end.line - start.line - text.lineCount + 1)
        }
        text += " \(result)> { Aloft.ActivityReference(\(nameExpression(of: method))) }"
        if let start { text = "\(start.beginning)\n\(text)\n\(endOfPlace)" }
        return "/// `\(method.signature)`\n\(text)"
    }

    private func nameExpression(of method: Method) -> String {
        guard isGeneric, prefix == nil, method.registeredName == nil else { return registeredName(of: method).quoted }
        return "\"\\(\(name).self).\(method.name.withoutBackticks)\""
    }
}

extension Method {
    /// What is stored for a call with several parameters.
    fileprivate var arguments: String {
        let properties = inputs.map { input in
            input.value.placing("\(access)var \(input.key.asProperty): Aloft.ActivityValue<\(input.value.type)>")
        }
        let parameters = inputs.map { "\($0.key.asLabel): \($0.value.type)\($0.defaultClause)" }
        let assignments = inputs.map { "self.\($0.key.asProperty) = \($0.key.asProperty)" }
        var parts = [
            properties.joined(separator: "\n"),
            """
            \(access)init(\(parameters.joined(separator: ", "))) {
            \(assignments.joined(separator: "\n").indented())
            }
            """,
        ]
        if inputs.contains(where: { $0.defaultValue != nil }) { parts += coding }
        return """
            /// What is stored for a call of `\(signature)`.
            nonisolated \(access)struct \(argumentsType): Codable, Sendable {
            \(parts.joined(separator: "\n\n").indented())
            }
            """
    }

    /// A default value stands in for a key that is missing: the call may be older than its parameter.
    private var coding: [String] {
        let cases = inputs.map { "case \($0.key.asProperty)" }
        let decoding = inputs.map { input in
            let key = input.key.asProperty
            let decode = "container.decode(\(input.value.type).self, forKey: .\(key))"
            let absent = input.defaultValue ?? (input.value.isOptional ? "nil" : nil)
            let value = absent.map { "try container.contains(.\(key)) ? \(decode) : \($0)" } ?? "try \(decode)"
            return input.value.placing("self.\(key) = \(value)")
        }
        // An optional is written even if it is nil, which the default value would take the place of otherwise.
        let encoding = inputs.map { input in
            input.value.placing("try container.encode(self.\(input.key.asProperty), forKey: .\(input.key.asProperty))")
        }
        return [
            """
            private enum CodingKeys: String, CodingKey {
            \(cases.joined(separator: "\n").indented())
            }
            """,
            """
            \(access)init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
            \(decoding.joined(separator: "\n").indented())
            }
            """,
            """
            \(access)func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
            \(encoding.joined(separator: "\n").indented())
            }
            """,
        ]
    }
}

extension Value {
    /// Code about the value: what the compiler has to say of it belongs to the line that spells its type.
    fileprivate func placing(_ code: String) -> String {
        place.map { "\($0.beginning)\n\(code)\n\(endOfPlace)" } ?? code
    }
}
#endif
