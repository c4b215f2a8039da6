#if Macros
internal import SwiftSyntax
internal import SwiftSyntaxMacros

extension ContainerReader {
    /// - Returns: `nil` if it cannot be an activity, which has been noted then.
    mutating func readMethod(_ function: FunctionDeclSyntax, of type: String) -> Method? {
        let before = diagnostics.count
        checkForm(of: function)
        let signature = function.signature
        let parameters = readParameters(signature.parameterClause.parameters, of: type)
        let result = signature.returnClause.flatMap { readResult($0.type, of: type) }
        let registeredName = function.attributes.first(named: "ActivityName").flatMap { readName($0) }
        guard diagnostics.count == before else { return nil }
        let labels = signature.parameterClause.parameters.map { "\($0.firstName.text.withoutBackticks):" }.joined()
        return Method(
            name: function.name.text,
            signature: "\(function.name.text.withoutBackticks)(\(labels))",
            registeredName: registeredName,
            access: function.modifiers.access,
            repeated: function.documentation + function.repeatedAttributes,
            isDeprecated: function.attributes.availability.joined().contains { $0.hasPrefix("deprecated") },
            parameters: parameters,
            result: result,
            place: place(of: function.name),
            argumentsType: "",
            node: Syntax(function.name)
        )
    }

    private mutating func checkForm(of function: FunctionDeclSyntax) {
        let name = function.name.text
        if let clause = function.genericParameterClause { note(.generic(name), at: clause) }
        if let clause = function.genericWhereClause { note(.generic(name), at: clause) }
        if let modifier = function.modifiers.first(where: { $0.name.tokenKind == .keyword(.mutating) }) {
            note(.mutating(name), at: modifier)
        }
        if let clause = function.signature.effectSpecifiers?.throwsClause,
            clause.throwsSpecifier.tokenKind == .keyword(.rethrows)
        {
            note(.rethrowing(name), at: clause)
        }
    }

    private mutating func readName(_ attribute: AttributeSyntax) -> String? {
        guard let argument = attribute.argument else { return nil }
        let name = readLiteral(argument, "the name of an activity")
        if name?.isEmpty == true { note(.emptyName, at: argument) }
        return name
    }

    /// - Returns: `nil` for no result.
    private mutating func readResult(_ type: TypeSyntax, of container: String) -> Value? {
        if type.isVoid { return nil }
        if let kind = type.unstorableKind { note(.unstorable("the result", kind), at: type) }
        return value(type, of: container)
    }

    func value(_ type: TypeSyntax, of container: String) -> Value {
        Value(type: type.stored(in: container), isOptional: type.isOptional, place: place(of: type))
    }

    func place(of node: some SyntaxProtocol) -> Place? {
        guard let location = context.location(of: node, at: .afterLeadingTrivia, filePathMode: .filePath),
            let line = Int(location.line.trimmedDescription)
        else { return nil }
        return Place(file: location.file.trimmedDescription, line: line)
    }
}

extension FunctionDeclSyntax {
    /// The documentation of the method, line by line.
    fileprivate var documentation: [String] {
        leadingTrivia.compactMap { piece in
            switch piece {
            case .docLineComment(let text), .docBlockComment(let text): text
            default: nil
            }
        }
    }

    /// What callers of the method see of its attributes.
    fileprivate var repeatedAttributes: [String] {
        attributes.plain.filter { ["available", "discardableResult"].contains($0.name) }.map(\.trimmedDescription)
    }
}
#endif
