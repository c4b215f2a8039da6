#if Macros
internal import SwiftSyntax

// Which methods are activities.
extension ContainerReader {
    /// The methods that may be activities.
    mutating func functions(of declaration: some DeclGroupSyntax) -> [FunctionDeclSyntax] {
        var functions: [FunctionDeclSyntax] = []
        for member in declaration.memberBlock.members {
            if let function = member.decl.as(FunctionDeclSyntax.self) {
                if isActivity(function) { functions.append(function) }
            } else if let condition = member.decl.as(IfConfigDeclSyntax.self) {
                noteActivities(in: condition)
            }
        }
        return functions
    }

    private mutating func isActivity(_ function: FunctionDeclSyntax) -> Bool {
        if function.attributes.first(named: "ActivityIgnored") != nil { return false }
        if function.attributes.availability.contains(where: { $0.starts(with: ["*", "unavailable"]) }) { return false }
        let helpers: [Keyword] = [.private, .fileprivate, .static, .class]
        guard helpers.contains(where: { function.modifiers.contains($0) }) else { return true }
        if let name = function.attributes.first(named: "ActivityName") {
            note(.nameOfNoActivity(function.name.text), at: name)
        }
        return false
    }

    private mutating func noteActivities(in condition: IfConfigDeclSyntax) {
        for clause in condition.clauses {
            for member in clause.elements?.as(MemberBlockItemListSyntax.self) ?? [] {
                if let function = member.decl.as(FunctionDeclSyntax.self), isActivity(function) {
                    note(.conditional(function.name.text), at: function.name)
                } else if let inner = member.decl.as(IfConfigDeclSyntax.self) {
                    noteActivities(in: inner)
                }
            }
        }
    }
}
#endif
