#if Macros
internal import SwiftSyntax

extension AttributeSyntax {
    /// The last part of the attribute's name: "ActivityName" for `@Aloft.ActivityName`.
    var name: String {
        attributeName.as(MemberTypeSyntax.self)?.name.text ?? attributeName.as(IdentifierTypeSyntax.self)?.name.text
            ?? attributeName.trimmedDescription
    }

    /// The first argument, if there is one.
    var argument: ExprSyntax? { arguments?.as(LabeledExprListSyntax.self)?.first?.expression }
}

extension AttributeListSyntax {
    /// The attributes that stand here plainly, not within `#if`.
    var plain: [AttributeSyntax] { compactMap { $0.as(AttributeSyntax.self) } }

    func first(named name: String) -> AttributeSyntax? { plain.first { $0.name == name } }

    /// The arguments of each `@available`, as they are written.
    var availability: [[String]] {
        plain.filter { $0.name == "available" }.map { attribute in
            attribute.arguments?.as(AvailabilityArgumentListSyntax.self)?.map(\.argument.trimmedDescription) ?? []
        }
    }
}

extension DeclModifierListSyntax {
    func contains(_ keyword: Keyword) -> Bool { contains { $0.name.tokenKind == .keyword(keyword) } }

    /// The access that generated code repeats: "public ", or nothing where Swift infers the right one.
    var access: String {
        if contains(.public) || contains(.open) { return "public " }
        return contains(.package) ? "package " : ""
    }
}
#endif
