#if Macros
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
            return true
        }
    }

    /// Names the types that hold several parameters: like the method, and like nothing that the source speaks of.
    func nameArguments(of methods: inout [Method], _ declaration: some DeclGroupSyntax) {
        var taken = Set(declaration.tokens(viewMode: .sourceAccurate).map(\.text))
        for index in methods.indices {
            let plain = methods[index].name.withoutBackticks
            var name = plain.prefix(1).uppercased() + plain.dropFirst() + "Arguments"
            while !taken.insert(name).inserted { name += "_" }
            methods[index].argumentsType = name
        }
    }
}

extension String {
    /// The name that `name` stands for.
    var withoutBackticks: String { first == "`" && last == "`" && count > 2 ? String(dropFirst().dropLast()) : self }
}
#endif
