#if Macros
internal import SwiftSyntax

extension ContainerReader {
    mutating func readParameters(_ list: FunctionParameterListSyntax, of container: String) -> [Parameter] {
        let keys = Self.keys(of: list)
        return zip(list, keys).compactMap { parameter, key in
            if parameter.type.isContext { return Parameter(label: parameter.label, role: .context) }
            guard check(parameter) else { return nil }
            let input = Input(
                label: parameter.label,
                name: parameter.innerName.text.withoutBackticks,
                key: key,
                value: value(parameter.type, of: container),
                defaultValue: parameter.defaultValue.map { $0.value.replacingSelf(by: container) }
            )
            return Parameter(label: parameter.label, role: .input(input))
        }
    }

    /// The label of each, or its name if it has none.
    private static func keys(of list: FunctionParameterListSyntax) -> [String] {
        let names = list.map(\.innerName.text.withoutBackticks)
        let keys = zip(list, names).map { $0.label?.withoutBackticks ?? $1 }
        // Labels may repeat, be the name of another parameter, or be no name of a property; names are distinct.
        let isUsable = Set(keys).count == keys.count && Set(keys).isDisjoint(with: ["self", "Self", "init", "Type"])
        return isUsable ? keys : names
    }

    /// - Returns: Whether the parameter can be stored; what is wrong has been noted.
    private mutating func check(_ parameter: FunctionParameterSyntax) -> Bool {
        let before = diagnostics.count
        let name = parameter.innerName
        let specifiers = parameter.type.as(AttributedTypeSyntax.self)?.specifiers ?? []
        if name.tokenKind == .wildcard { note(.unnamed, at: name) }
        if parameter.ellipsis != nil { note(.variadic(name.text), at: parameter.type) }
        for specifier in specifiers.compactMap({ $0.as(SimpleTypeSpecifierSyntax.self) }) {
            switch specifier.specifier.tokenKind {
            case .keyword(.inout): note(.inOut(name.text), at: parameter.type)
            case .keyword(.isolated): note(.isolated(name.text), at: parameter.type)
            default: break
            }
        }
        if diagnostics.count == before, let kind = parameter.type.unstorableKind {
            note(.unstorable("the parameter \(name.text)", kind), at: parameter.type)
        }
        return diagnostics.count == before
    }
}

extension FunctionParameterSyntax {
    /// As the source spells it; `nil`: called without.
    fileprivate var label: String? { firstName.tokenKind == .wildcard ? nil : firstName.text }
    fileprivate var innerName: TokenSyntax { secondName ?? firstName }
}
#endif
