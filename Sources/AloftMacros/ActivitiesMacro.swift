#if Macros
package import SwiftSyntax
internal import SwiftSyntaxBuilder
package import SwiftSyntaxMacros

/// `@Activities`: reads the type, then writes what calls and registers its methods.
package struct ActivitiesMacro: MemberMacro, ExtensionMacro {
    /// Line breaks carry meaning here: an error of a line is shown at the line of the parameter that it is about.
    package static var formatMode: FormatMode { .disabled }

    package static func expansion(
        of node: AttributeSyntax,
        providingMembersOf declaration: some DeclGroupSyntax,
        conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) -> [DeclSyntax] {
        // For an enum the compiler drops what is said here; the extension says it.
        guard !declaration.is(EnumDeclSyntax.self) else { return [] }
        var reader = ContainerReader(context)
        let container = reader.read(declaration, node)
        for diagnostic in reader.diagnostics { context.diagnose(diagnostic) }
        guard let container else { return [] }
        return [container.references, container.stub, container.activityMethods].map { DeclSyntax(stringLiteral: $0) }
    }

    package static func expansion(
        of node: AttributeSyntax,
        attachedTo declaration: some DeclGroupSyntax,
        providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) -> [ExtensionDeclSyntax] {
        // What is wrong with the type is said once, with the members.
        var reader = ContainerReader(context)
        guard reader.read(declaration, node) != nil else {
            if declaration.is(EnumDeclSyntax.self) { reader.diagnostics.forEach(context.diagnose) }
            return []
        }
        guard !protocols.isEmpty else { return [] }
        let text: DeclSyntax = "extension \(type.trimmed): Aloft.ActivityContainer {}"
        return text.as(ExtensionDeclSyntax.self).map { [$0] } ?? []
    }
}
#endif
