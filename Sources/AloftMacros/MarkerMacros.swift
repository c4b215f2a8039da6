#if Macros
internal import SwiftDiagnostics
package import SwiftSyntax
package import SwiftSyntaxMacros

/// `@ActivityName`: read by `@Activities`, writes nothing.
package struct ActivityNameMacro: PeerMacro {
    package static func expansion(
        of node: AttributeSyntax,
        providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) -> [DeclSyntax] {
        checkPlace(of: node, declaration, context)
    }
}

/// `@ActivityIgnored`: read by `@Activities`, writes nothing.
package struct ActivityIgnoredMacro: PeerMacro {
    package static func expansion(
        of node: AttributeSyntax,
        providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) -> [DeclSyntax] {
        checkPlace(of: node, declaration, context)
    }
}

/// Where nobody reads it, a mark would be ignored without a word.
private func checkPlace(
    of node: AttributeSyntax,
    _ declaration: some DeclSyntaxProtocol,
    _ context: some MacroExpansionContext
) -> [DeclSyntax] {
    let isRead = context.lexicalContext.first?.asProtocol((any WithAttributesSyntax).self)
        .map { $0.attributes.first(named: "Activities") != nil }
    if isRead != true || !declaration.is(FunctionDeclSyntax.self) {
        context.diagnose(Diagnostic(node: node, message: Problem.misplacedMark(node.name)))
    }
    return []
}
#endif
