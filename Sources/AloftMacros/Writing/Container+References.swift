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

    private func reference(to method: Method) -> String {
        let single = method.inputs.count == 1 ? method.inputs.first?.value : nil
        let input = single?.type ?? (method.inputs.isEmpty ? "Swift.Void" : method.argumentsType.asName)
        let types = "\(input), \(method.result?.type ?? "Swift.Void")"
        let declaration = """
            \(method.access)static var \(method.name): Aloft.ActivityReference<\(types)> {
                Aloft.ActivityReference(\(nameExpression(of: method)))
            }
            """
        let values = [single, method.result].compactMap(\.self)
        let parts = ["/// `\(method.signature)`", declaration.placed(at: method.place)]
        return (values.isEmpty ? parts : parts + [method.check(of: values)]).joined(separator: "\n")
    }

    private func nameExpression(of method: Method) -> String {
        guard isGeneric, prefix == nil, method.registeredName == nil else { return registeredName(of: method).quoted }
        return "\"\\(\(name).self).\(method.name.withoutBackticks)\""
    }
}

extension Method {
    /// A type that is no `Codable` is an error of the line on which the method spells it: `ActivityValue` asks for it. Nothing
    /// uses the name, so that no other error follows.
    fileprivate func check(of values: [Value]) -> String {
        var text = "private typealias \(valuesType.asName) = ("
        var line = values.first?.place?.line ?? 0
        for (index, value) in values.enumerated() {
            if let end = value.place?.line, end > line {
                text += String(repeating: "\n", count: end - line)
                line = end
            }
            text += "Aloft.ActivityValue<\(value.type)>\(index + 1 < values.count ? ", " : ")")"
            line += value.type.newlineCount
        }
        return text.placed(at: values.first?.place)
    }

    /// What is stored for a call with several parameters.
    fileprivate var arguments: String {
        let properties = inputs.map { input in
            "\(access)var \(input.key.asName): Aloft.ActivityValue<\(input.value.type)>"
                .placed(at: input.value.place)
        }
        let parameters = inputs.map {
            "\(Input.declaration($0.key.asName, $0.key)): \($0.value.type)\($0.defaultClause)"
        }
        let assignments = inputs.map { "self.\($0.key.asName) = \(Input.local($0.key).asName)" }
        let parts =
            [
                properties.joined(separator: "\n"),
                """
                \(access)init(\(parameters.joined(separator: ", "))) {
                \(assignments.joined(separator: "\n").indented())
                }
                """,
            ] + coding
        return """
            /// What is stored for a call of `\(signature)`.
            nonisolated \(access)struct \(argumentsType.asName): Swift.Codable, Swift.Sendable {
            \(parts.joined(separator: "\n\n").indented())
            }
            """
    }

    /// A default value stands in for a key that is missing: the call may be older than its parameter.
    private var coding: [String] {
        let cases = inputs.map { "case \($0.key.asName)" }
        let decoding = inputs.map { input in
            let key = input.key.asName
            let decode = "container.decode(\(input.value.type).self, forKey: .\(key))"
            let absent = input.defaultValue ?? (input.value.isOptional ? "nil" : nil)
            let value = absent.map { "try container.contains(.\(key)) ? \(decode) : \($0)" } ?? "try \(decode)"
            return "self.\(key) = \(value)".placed(at: input.value.place)
        }
        // An optional is written even if it is nil, which the default value would take the place of otherwise.
        let encoding = inputs.map { input in
            "try container.encode(self.\(input.key.asName), forKey: .\(input.key.asName))"
                .placed(at: input.value.place)
        }
        return [
            """
            private enum CodingKeys: Swift.String, Swift.CodingKey {
            \(cases.joined(separator: "\n").indented())
            }
            """,
            """
            \(access)init(from decoder: any Swift.Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
            \(decoding.joined(separator: "\n").indented())
            }
            """,
            """
            \(access)func encode(to encoder: any Swift.Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
            \(encoding.joined(separator: "\n").indented())
            }
            """,
        ]
    }
}
#endif
