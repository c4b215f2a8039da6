#if Macros
internal import SwiftSyntax

extension TypeSyntax {
    var isVoid: Bool {
        if let tuple = self.as(TupleTypeSyntax.self) { return tuple.elements.isEmpty }
        return ["Void", "Swift.Void"].contains(trimmedDescription)
    }

    var isContext: Bool { ["ActivityContext", "Aloft.ActivityContext"].contains(plain.trimmedDescription) }

    var isOptional: Bool {
        self.is(OptionalTypeSyntax.self) || self.is(ImplicitlyUnwrappedOptionalTypeSyntax.self)
            || self.as(IdentifierTypeSyntax.self)?.name.text == "Optional"
    }

    /// The type of a stored value of it: without specifiers and attributes of parameters, and with `Self` by its name, which
    /// means something else in a nested type.
    func stored(in container: String) -> String {
        if let unwrapped = plain.as(ImplicitlyUnwrappedOptionalTypeSyntax.self) {
            return "\(unwrapped.wrappedType.replacingSelf(by: container))?"
        }
        return plain.replacingSelf(by: container)
    }

    /// Without `sending`, `borrowing` and the like.
    private var plain: TypeSyntax { self.as(AttributedTypeSyntax.self)?.baseType ?? self }

    /// What it is in words, if its spelling tells that it cannot be stored.
    var unstorableKind: String? {
        switch self.as(TypeSyntaxEnum.self) {
        case .functionType: "a function"
        case .metatypeType: "a type"
        case .someOrAnyType(let type):
            type.someOrAnySpecifier.tokenKind == .keyword(.some) ? "an opaque type" : "an existential type"
        case .compositionType: "an existential type"
        case .suppressedType: "an existential type"
        case .identifierType(let type):
            ["Any", "AnyObject"].contains(type.name.text)
                ? "an existential type" : type.genericArgumentClause?.unstorableKind
        case .packExpansionType, .packElementType: "a parameter pack"
        case .tupleType(let type):
            type.elements.count == 1
                ? type.elements.first?.type.unstorableKind : type.elements.isEmpty ? "Void" : "a tuple"
        case .attributedType(let type): type.baseType.unstorableKind
        case .optionalType(let type): type.wrappedType.unstorableKind
        case .implicitlyUnwrappedOptionalType(let type): type.wrappedType.unstorableKind
        case .arrayType(let type): type.element.unstorableKind
        case .dictionaryType(let type): type.key.unstorableKind ?? type.value.unstorableKind
        default: nil
        }
    }
}

extension GenericArgumentClauseSyntax {
    fileprivate var unstorableKind: String? {
        arguments.lazy.compactMap { $0.argument.as(TypeSyntax.self)?.unstorableKind }.first
    }
}

extension SyntaxProtocol {
    /// The text with the name of the type for `Self`.
    func replacingSelf(by name: String) -> String {
        SelfReplacer(name: name).rewrite(trimmed).trimmedDescription
    }
}

private final class SelfReplacer: SyntaxRewriter {
    private let name: String

    init(name: String) {
        self.name = name
        super.init()
    }

    override func visit(_ token: TokenSyntax) -> TokenSyntax {
        guard token.tokenKind == .keyword(.Self) else { return token }
        return token.with(\.tokenKind, .identifier(name))
    }
}
#endif
