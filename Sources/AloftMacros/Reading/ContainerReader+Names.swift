#if Macros
internal import SwiftParser
internal import SwiftSyntax

// Names that must not meet.
extension ContainerReader {
    /// The methods whose Swift names and registered names are their own.
    mutating func keepDistinct(_ container: Container) -> [Method] {
        var names: Set<String> = []
        var registered: [String: String] = [:]
        return container.methods.filter { method in
            guard names.insert(method.name).inserted else {
                note(.overloaded(method.name), at: method.node)
                return false
            }
            if let other = registered.updateValue(method.signature, forKey: container.registeredName(of: method)) {
                note(.sameName(container.registeredName(of: method), other), at: method.node)
                return false
            }
            let length = container.registeredName(of: method).utf8.count
            if length > Self.longestName { note(.longName(length), at: method.node) }
            return length <= Self.longestName
        }
    }

    /// Names the types that hold several parameters: like the method, and like nothing that the source speaks of.
    func nameArguments(of methods: inout [Method], _ declaration: some DeclGroupSyntax) {
        var taken = Set(declaration.tokens(viewMode: .sourceAccurate).map(\.text))
        for index in methods.indices {
            let plain = methods[index].name.withoutBackticks
            var name = plain.capitalizedFirst + "Arguments"
            while !taken.insert(name).inserted { name += "_" }
            methods[index].argumentsType = name
        }
    }

    /// In bytes, as for every name that a store keeps.
    private static let longestName = 255

    /// A literal that is part of a name. - Returns: `nil` if it is none, which has been noted then.
    mutating func readLiteral(_ expression: ExprSyntax, _ subject: String) -> String? {
        guard let text = expression.as(StringLiteralExprSyntax.self)?.representedLiteralValue else {
            note(.notLiteral(subject), at: expression)
            return nil
        }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            note(.controlCharacter(subject), at: expression)
            return nil
        }
        return text
    }

    /// What the type declares under a name that the macro needs for itself.
    mutating func noteReservedNames(_ declaration: some DeclGroupSyntax) {
        let reserved: Set<String> = ["References", "Stub", "Type", "activityMethods"]
        for member in declaration.memberBlock.members {
            for name in member.decl.declaredNames where reserved.contains(name.text.withoutBackticks) {
                note(.reserved(name.text), at: name)
            }
        }
    }
}

extension DeclSyntax {
    fileprivate var declaredNames: [TokenSyntax] {
        if let named = asProtocol((any NamedDeclSyntax).self) { return [named.name] }
        let bindings = self.as(VariableDeclSyntax.self)?.bindings ?? []
        return bindings.compactMap { $0.pattern.as(IdentifierPatternSyntax.self)?.identifier }
    }
}

extension String {
    /// The name that `name` stands for.
    var withoutBackticks: String { first == "`" && last == "`" && count > 2 ? String(dropFirst().dropLast()) : self }

    /// The name as Swift wants it where it is declared or used.
    var asName: String {
        let isPlain =
            isValidSwiftIdentifier(for: .variableName) && isValidSwiftIdentifier(for: .memberAccess)
            && !["Type", "Protocol"].contains(self)
        return isPlain ? self : "`\(self)`"
    }

    /// The name as Swift wants it for a label in a call: nearly all keywords stand plainly there.
    var asLabel: String {
        let isKeywordOrPlain = (self + "_").isValidSwiftIdentifier(for: .variableName)
        return isKeywordOrPlain && self != "inout" ? self : "`\(self)`"
    }
}
#endif
