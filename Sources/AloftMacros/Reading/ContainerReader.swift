#if Macros
internal import SwiftDiagnostics
internal import SwiftParser
internal import SwiftSyntax
internal import SwiftSyntaxMacros

/// Reads a type with activities and notes what is wrong with it. What is wrong with one method leaves the others alone.
struct ContainerReader {
    let context: any MacroExpansionContext
    private(set) var diagnostics: [Diagnostic] = []

    init(_ context: any MacroExpansionContext) { self.context = context }

    mutating func note(_ problem: Problem, at node: some SyntaxProtocol) {
        diagnostics.append(Diagnostic(node: node, message: problem))
    }

    /// - Returns: `nil` if nothing can be written for the type.
    mutating func read(_ declaration: some DeclGroupSyntax, _ attribute: AttributeSyntax) -> Container? {
        guard let type = Self.type(of: declaration) else {
            note(.wrongType, at: attribute)
            return nil
        }
        let modifiers = declaration.modifiers
        if declaration.is(ClassDeclSyntax.self), !modifiers.contains(.final) {
            note(.notFinal(type.name), at: declaration.introducer)
            return nil
        }
        if modifiers.contains(.private), !context.lexicalContext.isEmpty {
            note(.privateType(type.name), at: declaration.introducer)
            return nil
        }
        if let pack = declaration.genericParameters.first(where: { $0.specifier?.tokenKind == .keyword(.each) }) {
            note(.pack(type.name), at: pack)
        }
        noteReservedNames(declaration)
        guard diagnostics.isEmpty else { return nil }
        var container = Container(
            name: type.name,
            access: access(of: modifiers),
            prefix: attribute.argument.flatMap { readPrefix($0) },
            isGeneric: type.isGeneric || context.lexicalContext.contains(where: Self.isGeneric),
            methods: []
        )
        for function in functions(of: declaration) {
            guard let method = readMethod(function, of: type.name) else { continue }
            container.methods.append(method)
        }
        container.methods = keepDistinct(container)
        if container.methods.isEmpty, diagnostics.isEmpty { note(.noActivities(type.name), at: attribute) }
        nameArguments(of: &container.methods, declaration)
        return container
    }

    private static func type(of declaration: some DeclGroupSyntax) -> (name: String, isGeneric: Bool)? {
        if let type = declaration.as(StructDeclSyntax.self) {
            return (type.name.text, type.genericParameterClause != nil)
        }
        if let type = declaration.as(ActorDeclSyntax.self) {
            return (type.name.text, type.genericParameterClause != nil)
        }
        if let type = declaration.as(ClassDeclSyntax.self) {
            return (type.name.text, type.genericParameterClause != nil)
        }
        return nil
    }

    private static func isGeneric(_ node: Syntax) -> Bool {
        node.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause != nil
    }

    private mutating func readPrefix(_ expression: ExprSyntax) -> String? {
        expression.is(NilLiteralExprSyntax.self) ? nil : readLiteral(expression, "the prefix of names")
    }

    /// A type in an extension has the access of that, unless it says something else.
    private func access(of modifiers: DeclModifierListSyntax) -> String {
        let levels: [Keyword] = [.public, .package, .internal, .fileprivate, .private]
        guard !levels.contains(where: { modifiers.contains($0) }) else { return modifiers.access }
        return context.lexicalContext.first?.as(ExtensionDeclSyntax.self)?.modifiers.access ?? ""
    }
}

extension DeclGroupSyntax {
    fileprivate var genericParameters: [GenericParameterSyntax] {
        let clause = asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause
        return clause.map { Array($0.parameters) } ?? []
    }
}
#endif
