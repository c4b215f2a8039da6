#if Macros
internal import SwiftCompilerPlugin
internal import SwiftSyntaxMacros

@main
struct Plugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [ActivitiesMacro.self, ActivityIgnoredMacro.self, ActivityNameMacro.self]
}
#else
/// Without the trait nothing is built from swift-syntax, and nobody uses this program.
@main
enum Plugin {
    static func main() {}
}
#endif
